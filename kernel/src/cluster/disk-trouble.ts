import { ClusterError } from './error.js';

/** A file of ours that cannot be written, told. */
export function diskTrouble(error: unknown): Error {
  const { code, path, message } = error as NodeJS.ErrnoException;
  const where = path === undefined ? '' : ` (${path})`;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ClusterError(
      `The disk is full${where}. Layers are kept in ~/.cache/tagflow/layers, which may be removed; XDG_CACHE_HOME puts them elsewhere.`,
    );
  }
  if (code === 'EROFS' || code === 'EACCES')
    return new ClusterError(`A layer cannot be written: ${message}.`);
  return error as Error;
}
