/** Programs as files of a project, beside its packages, so that their imports are found. */
import { existsSync, statSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Program } from '@tagflow/schema';
import { getBlob, putBlob } from '../store/content.js';
import { projectOf } from '../store/location.js';
import type { Store } from '../store/store.js';
import type { ProgramFile } from './program-run.js';

/**
 * @param directory the notebook's
 * @param programOf JavaScript of a program, as an ES module
 */
export function projectFiles(
  store: Store,
  directory: string,
  programOf: (program: Program) => string,
): (program: Program) => Promise<ProgramFile> {
  return async (program) => {
    const code = Buffer.from(programOf(program));
    const { digest } = await putBlob(store, code);
    return { path: await projectFile(store, directory, digest, () => code), digest };
  };
}

/** A recorded program as a file. Throws StoreError if its blob is missing. */
export async function recordedFile(store: Store, directory: string, digest: string): Promise<ProgramFile> {
  return { path: await projectFile(store, directory, digest, () => getBlob(store, digest)), digest };
}

/**
 * In the folder of the store where it is one, which lies beside the packages; else where such a store would be. An empty
 * one is what a power cut left of it.
 */
async function projectFile(
  store: Store,
  directory: string,
  digest: string,
  codeOf: () => Uint8Array | Promise<Uint8Array>,
): Promise<string> {
  const key = `programs/${digest}.mjs`;
  if (existsSync(store.location)) {
    if (!(await store.stat(key))?.size) await store.put(key, await codeOf());
    return join(store.location, key);
  }
  const path = join(projectOf(directory), '.tagflow', key);
  if (statSync(path, { throwIfNoEntry: false })?.size) return path;
  const partial = `${path}.${process.pid}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(partial, await codeOf());
  await rename(partial, path);
  return path;
}
