/** Whether earlier results may stand for a run of a step. Pure. */
import type { Step } from '@tagflow/schema';
import { milliseconds } from '../../pipeline/quantity.js';

export interface Caching {
  cached: boolean;
  /** Milliseconds; absent if a result may be of any age. */
  maxAge?: number;
  /** The same as the settings write it: `7d`. */
  maxAgeText?: string;
  /** Why it is not cached, for people: `it uses Math.random()`. */
  reason?: string;
}

/**
 * What the setting `cache` says. Without it a step is cached, unless its code visibly depends on more than its key
 * shows, or it is there for what it does and not for its values.
 */
export function cachingOf({ settings, programs, produces }: Step): Caching {
  const { cache } = settings;
  if (cache === false) return { cached: false, reason: 'its setting `cache` is false' };
  if (cache === true) return { cached: true };
  if (cache) return { cached: true, maxAge: milliseconds(cache.maxAge), maxAgeText: cache.maxAge };
  const impure = [...new Set(programs.flatMap((program) => program.impure ?? []))];
  if (impure.length > 0) return { cached: false, reason: `it uses ${impure.join(', ')}` };
  if (!produces.some(({ consumed }) => consumed) && !programs.every(({ inert }) => inert))
    return { cached: false, reason: 'no other step consumes what it makes' };
  return { cached: true };
}
