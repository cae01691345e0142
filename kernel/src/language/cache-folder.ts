import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

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
    // What is cached may be made of what others may not read.
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(partial, data, { mode: 0o600 });
    renameSync(partial, file);
  } catch {
    // A read-only home: everything works, only later.
  }
}

/** Leaves so many of the files or folders that match, the ones changed last. */
export function removeOldCached(folder: string, pattern: RegExp, kept: number): void {
  const place = join(cacheFolder(), folder);
  try {
    readdirSync(place)
      .filter((name) => pattern.test(name))
      .map((name) => ({ path: join(place, name), changed: statSync(join(place, name)).mtimeMs }))
      .sort((a, b) => b.changed - a.changed)
      .slice(kept)
      .forEach(({ path }) => rmSync(path, { recursive: true, force: true }));
  } catch {
    // Another process cleans up.
  }
}
