/** Where the store of a notebook lies. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FolderStore } from './file.js';

/** The folder of the nearest package.json at or above a directory; the directory itself if there is none. */
export function projectOf(directory: string): string {
  const start = resolve(directory);
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return start;
  }
}

/**
 * The store for notebooks in a directory: TAGFLOW_STORE if set, else `.tagflow` in their project's folder. It is made
 * when something is first written to it.
 * @throws StoreError if it cannot be read or has a newer format
 */
export function openStore(directory: string): FolderStore {
  const chosen = process.env['TAGFLOW_STORE'];
  return new FolderStore(chosen ? resolve(chosen) : join(projectOf(directory), '.tagflow'));
}

/** The store at a path. */
export function openStoreAt(location: string): FolderStore {
  return new FolderStore(resolve(location));
}
