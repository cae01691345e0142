import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the kernel keeps what it can make again: `~/.cache/tagflow`, or below `XDG_CACHE_HOME`. */
export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tagflow');
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

/** Whoever has worked on something for so long was killed, in milliseconds. */
const ABANDONED = 24 * 3_600_000;

/**
 * Leaves so many of the files or folders that match, the ones changed last; and what is being made: its name goes on
 * after that of what it becomes.
 * @param name of what is finished: ends with `$`
 */
export function removeOldCached(folder: string, name: RegExp, kept: number): void {
  const place = join(cacheFolder(), folder);
  const begun = new RegExp(name.source.replace(/\$$/, '[.-]'));
  try {
    const entries = readdirSync(place)
      .filter((entry) => name.test(entry) || begun.test(entry))
      .map((entry) => {
        const path = join(place, entry);
        return { entry, path, changed: statSync(path).mtimeMs };
      });
    const old = entries
      .filter(({ entry }) => name.test(entry))
      .sort((a, b) => b.changed - a.changed)
      .slice(kept);
    const abandoned = entries.filter(
      ({ entry, changed }) => begun.test(entry) && Date.now() - changed > ABANDONED,
    );
    for (const { path } of [...old, ...abandoned]) rmSync(path, { recursive: true, force: true });
  } catch {
    // Another process cleans up.
  }
}
