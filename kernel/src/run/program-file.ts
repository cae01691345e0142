/** Programs as files of a project, beside its packages, so that their imports are found. */
import { join } from 'node:path';
import type { Program } from '@tagflow/schema';
import { putBlob } from '../store/content.js';
import type { Store } from '../store/store.js';
import type { ProgramFile } from './program-run.js';

/** @param programOf JavaScript of a program, as an ES module */
export function filesInStore(
  store: Store,
  programOf: (program: Program) => string,
): (program: Program) => Promise<ProgramFile> {
  return async (program) => {
    const code = Buffer.from(programOf(program));
    const { digest } = await putBlob(store, code);
    const key = `programs/${digest}.mjs`;
    if (!(await store.stat(key))) await store.put(key, code);
    return { path: join(store.location, key), digest };
  };
}
