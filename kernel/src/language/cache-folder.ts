import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the kernel keeps what it can make again: `~/.cache/tagflow`, or below `XDG_CACHE_HOME`. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tagflow');
}

/** Reads a cached file; `undefined` when there is none. */
export function readCached(name: string): Buffer | undefined {
  try {
    return readFileSync(join(cacheFolder(), name));
  } catch {
    return undefined;
  }
}

/** Writes a cached file in one step, so that no reader sees half of it. A cache that cannot be written is no error. */
export function writeCached(name: string, data: string | Uint8Array): void {
  const file = join(cacheFolder(), name);
  const partial = `${file}.${process.pid}-${performance.now()}`;
  try {
    mkdirSync(cacheFolder(), { recursive: true });
    writeFileSync(partial, data);
    renameSync(partial, file);
  } catch {
    // A read-only home: everything works, only later.
  }
}
