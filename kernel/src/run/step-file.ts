/**
 * The entry of a step's process, as few files instead of fifty: each process of each step saves a third of its start.
 * They lie in the cache folder, by the state of Tagflow that they were made from; until then a step takes the fifty.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildStamp, digestOf, LIBRARY } from '../files/build-stamp.js';
import { cacheFolder, removeOldCached } from '../files/cache-folder.js';
import { bundleRuntime, STEP_ENTRIES } from '../bundle/runtime.js';

const STEP = fileURLToPath(new URL('./step/step.js', import.meta.url));
const LINKER = 'linker/linker.js';
/** Raised when they are made otherwise. */
const FORMAT = '1';
/** Folders; each holds some 200 KB. */
const KEPT = 4;

export function stepFile(): string {
  const made = join(folder(), 'run', 'step', 'step.js');
  return existsSync(made) ? made : STEP;
}

/** Makes it for the processes that start from now on. Where it cannot be made, everything works as before. */
export async function makeStepFile(): Promise<void> {
  const target = folder();
  if (existsSync(target)) return;
  let partial: string | undefined;
  try {
    mkdirSync(dirname(target), { recursive: true });
    partial = mkdtempSync(`${target}-`);
    for (const { path, content } of await bundleRuntime(STEP_ENTRIES, placeIn(target))) {
      const file = join(partial, path);
      mkdirSync(dirname(file), { recursive: true });
      // Once renamed, it is taken for whole: also after a power cut.
      writeFileSync(file, content, { flush: true });
    }
    writeFileSync(join(partial, 'package.json'), '{ "type": "module" }\n');
    renameSync(partial, target);
    removeOldCached('lib', /^[0-9a-f]+$/, KEPT);
  } catch {
    if (partial !== undefined) rmSync(partial, { recursive: true, force: true });
  }
}

/** The name `lib` is what stacks that are shown leave out, as they do `tagflow/lib` elsewhere. */
function folder(): string {
  return join(cacheFolder(), 'lib', digestOf(FORMAT, buildStamp()));
}

/** Each file looks for others from where it lay; only the linker finds the library beside it, in its one instance. */
function placeIn(target: string): (path: string) => string {
  return (path) => join(path === LINKER ? target : LIBRARY, path);
}
