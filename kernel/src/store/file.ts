/** A store in a folder. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir, stat, unlink, utimes } from 'node:fs/promises';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { now } from './clock.js';
import type { Encoding } from './codec.js';
import { Stretch, isSmall, listDirectly, readDirectly, writeDirectly } from './direct.js';
import { readAll, readBlocks, writeAll } from './pieces.js';
import { checkRoot, newRoot, ROOT } from './root.js';
import { type Entry, StoreError, type Store } from './store.js';

/** What a store's folder holds, also one that is being made by another process. */
const PARTS = new Set([ROOT, '.gitignore', 'blobs', 'exports', 'keys', 'links', 'programs', 'runs', 'tags']);

export class FolderStore implements Store {
  private prepared: Promise<void> | undefined;
  private readonly stretch = new Stretch();

  /**
   * Opens the folder, which need not be there yet: it is made at the first write.
   * @throws StoreError if it holds a store of a newer format, or something else
   */
  constructor(readonly location: string) {
    checkFolder(location);
  }

  async get(key: string, onPiece?: (piece: Uint8Array) => void): Promise<Uint8Array | undefined> {
    const path = this.path(key);
    return this.small(path, onPiece) ?? this.reading(() => readAll(path, onPiece));
  }

  async getEncoding(key: string, onPiece?: (piece: Uint8Array) => void): Promise<Encoding | undefined> {
    const path = this.path(key);
    return this.small(path, onPiece) ?? this.reading(() => readBlocks(path, onPiece));
  }

  async stat(key: string): Promise<{ size: number; modified: number } | undefined> {
    return this.reading(async () => {
      const path = this.path(key);
      const found = this.stretch.isOpen ? statSync(path, { throwIfNoEntry: false }) : await stat(path);
      return found && { size: found.size, modified: found.mtimeMs };
    });
  }

  async put(key: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    await this.writing(async () => {
      await (this.prepared ??= this.prepare());
      await this.write(key, bytes instanceof Uint8Array ? [bytes] : bytes);
    });
  }

  async list(prefix: string): Promise<string[]> {
    const path = this.path(prefix);
    const direct = this.stretch.isOpen ? listDirectly(path) : undefined;
    const entries = direct ?? (await this.reading(() => readdir(path, { withFileTypes: true })));
    return (entries ?? [])
      .filter((entry) => !entry.name.endsWith(TEMPORARY))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort();
  }

  async *keys(prefix: string): AsyncGenerator<string[]> {
    const names = await this.list(prefix);
    const isFolder = (name: string): boolean => name.endsWith('/');
    for (const folder of names.filter(isFolder)) yield* this.keys(prefix + folder);
    const keys = names.filter((name) => !isFolder(name)).map((name) => prefix + name);
    if (keys.length > 0) yield keys;
  }

  async *entries(prefix: string): AsyncGenerator<Entry[]> {
    const names = await this.reading(() => readdir(this.path(prefix), { withFileTypes: true }));
    const files: string[] = [];
    for (const entry of names ?? []) {
      if (entry.isDirectory()) yield* this.entries(`${prefix}${entry.name}/`);
      else files.push(entry.name);
    }
    const entries = files.map(async (name): Promise<Entry | undefined> => {
      const facts = await this.stat(prefix + name);
      return facts && { key: prefix + name, ...facts, unfinished: name.endsWith(TEMPORARY) };
    });
    const there = (await Promise.all(entries)).filter((entry) => entry !== undefined);
    if (there.length > 0) yield there;
  }

  async touch(key: string): Promise<boolean> {
    const time = now() / 1000;
    return (await this.reading(() => utimes(this.path(key), time, time).then(() => true))) ?? false;
  }

  /** Folders that it leaves empty are removed too: only keys exist. */
  async delete(key: string): Promise<void> {
    await this.writing(async () => {
      const path = this.path(key);
      await unlink(path).catch(unlessMissing);
      await removeEmpty(dirname(path), this.location);
    });
  }

  private small(path: string, onPiece?: (piece: Uint8Array) => void): Uint8Array | undefined {
    const bytes = this.stretch.isOpen ? readDirectly(path) : undefined;
    if (bytes && bytes.length > 0) onPiece?.(bytes);
    return bytes;
  }

  private path(key: string): string {
    if (key.split('/').includes('..')) throw new StoreError(`${JSON.stringify(key)} is no key of a store.`);
    return join(this.location, key);
  }

  private async write(key: string, chunks: readonly Uint8Array[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.writeOnce(key, chunks);
      } catch (error) {
        // Someone who deletes took the folder for empty between its making and its use.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** A file beside the target, then a rename: the target is never half there. */
  private async writeOnce(key: string, chunks: readonly Uint8Array[]): Promise<void> {
    const path = this.path(key);
    const temporary = `${path}.${randomBytes(6).toString('hex')}${TEMPORARY}`;
    if (isSmall(chunks) && this.stretch.isOpen && writeDirectly(path, temporary, chunks)) return;
    try {
      const file = await openNew(temporary);
      try {
        for (const chunk of chunks) await writeAll(file, chunk);
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Makes the root: its format, and a .gitignore so that a store beside code is not committed. */
  private async prepare(): Promise<void> {
    await makeFolder(this.location);
    if (statSync(join(this.location, ROOT), { throwIfNoEntry: false })?.size) return;
    await this.refuseForeign();
    if (!existsSync(join(this.location, '.gitignore'))) await this.write('.gitignore', [Buffer.from('*\n')]);
    await this.write(ROOT, [newRoot()]);
  }

  /** A folder of something else, such as a project, does not become a store. */
  private async refuseForeign(): Promise<void> {
    const names = await readdir(this.location);
    const foreign = names.find((name) => !PARTS.has(name) && !name.endsWith(TEMPORARY));
    if (foreign === undefined) return;
    throw new StoreError(
      `The folder ${this.location} is no store, and it is not empty: it holds ${foreign}. Set TAGFLOW_STORE to a new folder.`,
    );
  }

  private async reading<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      throw storeError(this.location, error, 'read');
    }
  }

  private async writing(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.prepared = undefined;
      throw storeError(this.location, error, 'written');
    }
  }
}

const TEMPORARY = '.tmp';

const ATTEMPTS = 5;

async function openNew(path: string) {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeFolder(dirname(path));
    return open(path, 'wx');
  }
}

/**
 * Makes a folder with those above it. Node's own recursive mkdir says ENOENT for a read-only file system.
 * @param tries another process may remove those above it as empty before it is there
 */
async function makeFolder(path: string, tries = ATTEMPTS): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path || tries === 0) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path, tries - 1);
  }
}

/** Removes a folder and those above it, below a root, as far as they are empty. */
async function removeEmpty(path: string, root: string): Promise<void> {
  for (let folder = path; folder.length > root.length; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch (error) {
      // Not empty, or not to be removed, such as a mount: it may stay.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return;
    }
  }
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

function checkFolder(location: string): void {
  let text: string;
  try {
    text = readFileSync(join(location, ROOT), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw storeError(location, error, 'read');
  }
  // A power cut may have taken it: it is made anew.
  if (text === '') return;
  checkRoot(text, { location, other: 'set TAGFLOW_STORE to another folder' });
}

const CAUSES: Record<string, string> = {
  EACCES: 'permission is missing. Allow it, or set TAGFLOW_STORE to another folder.',
  EPERM: 'permission is missing. Allow it, or set TAGFLOW_STORE to another folder.',
  EROFS: 'the file system is read-only. Set TAGFLOW_STORE to a folder that can be written.',
  ENOSPC: 'no space is left on the device. Free some, or set TAGFLOW_STORE to a folder elsewhere.',
  EDQUOT: 'your disk quota is used up. Free some space, or set TAGFLOW_STORE to a folder elsewhere.',
  ENOENT: 'it cannot be made there. Set TAGFLOW_STORE to another folder.',
  ENOTDIR:
    'something in its path is a file, not a folder. Move it away, or set TAGFLOW_STORE to another folder.',
  EEXIST:
    'something in its path is a file, not a folder. Move it away, or set TAGFLOW_STORE to another folder.',
  EISDIR: 'a folder stands where a file belongs. Move it away, or set TAGFLOW_STORE to another folder.',
  EMFILE: 'too many files are open. Run fewer steps side by side.',
};

/** The operating system's error as a sentence; other errors stay what they are. */
export function storeError(location: string, error: unknown, what: 'read' | 'written'): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof StoreError || code === undefined) return error;
  const cause = CAUSES[code] ?? `the system says ${code}.`;
  return new StoreError(`The store at ${location} cannot be ${what}: ${cause}`, { cause: error });
}
