/** How large a value may be that is kept although nothing consumes it. */
import type { CellSettings } from '@tagflow/schema';
import { bytesOf } from '../pipeline/quantity.js';

/** If a step does not say otherwise. */
const KEEP_LIMIT = '64Mi';

/** In bytes, encoded. */
export function keepLimitOf({ keepLimit = KEEP_LIMIT }: CellSettings): number {
  return bytesOf(keepLimit);
}
