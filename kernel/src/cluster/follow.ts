/** Looks again and again at what goes on elsewhere, and bears with outages: runs outlive those too. */
import { setTimeout as pause } from 'node:timers/promises';
import { isUnknownHost } from '../store/connection.js';
import { UnreachableStoreError } from '../store/store.js';
import { ClusterError, UnreachableClusterError } from './error.js';
import { statusOf } from './kubernetes.js';

export interface FollowOptions {
  /** Hears, once each time, that cluster or store do not answer, and until when they are asked again. */
  onAway?: ((error: Error, until: Date) => void) | undefined;
  /** Hears that they do again. */
  onBack?: (() => void) | undefined;
  /** Leaves off at once, whatever is being asked. */
  signal?: AbortSignal | undefined;
  /** So long they may be away at a time, in milliseconds. */
  patience?: number | undefined;
}

/** What is looked for; undefined as long as it is not there. `heard` is called at each answer on the way. */
export type Look<T> = (heard: () => void) => Promise<T | undefined>;

/** Between two looks, in milliseconds. */
const INTERVAL = 1_000;
const PATIENCE = 120_000;
/** Silence for so long is told, in milliseconds. */
const QUIET = 15_000;
/** So long a cluster that has just come back may know nobody's rights, in milliseconds. */
const COMING_BACK = 30_000;

/**
 * @returns what is looked for; undefined when it was left off
 * @throws what waiting does not mend at once, and what it could have mended when patience is at its end
 */
export async function follow<T>(look: Look<T>, options: FollowOptions): Promise<T | undefined> {
  const { signal } = options;
  const outage = new Outage(options);
  while (!signal?.aborted) {
    try {
      outage.asked();
      const found = await during(
        look(() => outage.heard()),
        () => outage.check(),
        signal,
      );
      if (signal?.aborted) break;
      outage.ended();
      if (found !== undefined) return found;
    } catch (error) {
      if (!outage.bears(error)) throw error;
    }
    await pause(INTERVAL, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

class Outage {
  private heardAt = Date.now();
  private hasHeard = false;
  private since: number | undefined;
  private refusedSince: number | undefined;

  private readonly patience: number;

  constructor(private readonly options: FollowOptions) {
    this.patience = options.patience ?? PATIENCE;
  }

  asked(): void {
    this.heardAt = Date.now();
  }

  heard(): void {
    this.heardAt = Date.now();
    this.hasHeard = true;
  }

  ended(): void {
    this.heard();
    if (this.since !== undefined) this.options.onBack?.();
    this.since = this.refusedSince = undefined;
  }

  /** Looks at the time while an answer is waited for. */
  check(): void {
    const silence = Date.now() - this.heardAt;
    if (this.since === undefined && silence <= Math.min(QUIET, this.patience)) return;
    const error = new UnreachableClusterError(
      'The cluster, or the store of its runs, leaves a question without an answer. Check that you are connected to their network.',
    );
    this.begins(error);
    if (Date.now() - this.since! > this.patience) throw error;
  }

  /** Whether it is worth another look. */
  bears(error: unknown): boolean {
    if (!this.isBorne(error)) return false;
    this.begins(error as Error);
    return this.refusedSince !== undefined || Date.now() - this.since! <= this.patience;
  }

  private begins(error: Error): void {
    if (this.since !== undefined) return;
    this.since = this.heardAt;
    this.options.onAway?.(error, new Date(this.since + this.patience));
  }

  private isBorne(error: unknown): boolean {
    const isUnreachable = error instanceof UnreachableClusterError || error instanceof UnreachableStoreError;
    if (isUnreachable) {
      this.refusedSince = undefined;
      // Of a name that never was known, it is likely that it is mistyped.
      return this.hasHeard || !isUnknownHost(error.cause);
    }
    const isRefusal = error instanceof ClusterError && statusOf(error.cause ?? {}) !== undefined;
    if (!isRefusal || this.since === undefined) return false;
    this.refusedSince ??= Date.now();
    return Date.now() - this.refusedSince < COMING_BACK;
  }
}

/** How often the time is looked at, in milliseconds. */
const TICK = 250;

/** What is asked, unless `check` throws in the meantime; undefined once it is not wanted any more. */
async function during<T>(
  asked: Promise<T | undefined>,
  check: () => void,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  let stop = (): void => undefined;
  const meanwhile = new Promise<undefined>((resolve, reject) => {
    const leave = (): void => resolve(undefined);
    const tick = setInterval(() => {
      try {
        check();
      } catch (error) {
        reject(error as Error);
      }
    }, TICK);
    signal?.addEventListener('abort', leave);
    stop = () => {
      clearInterval(tick);
      signal?.removeEventListener('abort', leave);
    };
  });
  return Promise.race([asked, meanwhile]).finally(() => stop());
}
