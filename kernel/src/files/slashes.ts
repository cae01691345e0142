import { sep } from 'node:path';

/** A path of this machine as it is written everywhere. */
export function withSlashes(path: string): string {
  return path.split(sep).join('/');
}
