import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where Tagflow's compiled files lie. */
export const LIBRARY = fileURLToPath(new URL('..', import.meta.url));

const COMPILERS = ['typescript', 'esbuild'];

let known: string | undefined;

/** Names this state of Tagflow, of its compilers and of the Node that runs it; what is made from them is kept under it. */
export function buildStamp(): string {
  return (known ??= digestOf(process.version, process.arch, process.execPath, ...parts()));
}

function parts(): string[] {
  const { resolve } = createRequire(import.meta.url);
  const compilers = COMPILERS.map((name) => {
    const path = resolve(`${name}/package.json`);
    return `${path} ${stampOf(path)}`;
  });
  return [...compilers, ...[LIBRARY, dirname(resolve('@tagflow/schema'))].flatMap(stamps)];
}

/** 16 digits that stand for some texts. */
export function digestOf(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** Size and time of change of a file that is there. */
export function stampOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.size} ${stat.mtimeMs}`;
}

function stamps(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry: Dirent) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return stamps(path);
    return entry.name.endsWith('.js') ? `${path} ${stampOf(path)}` : [];
  });
}
