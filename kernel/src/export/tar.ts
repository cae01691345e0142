/**
 * Files as a tar archive whose bytes depend on nothing but their paths and contents: POSIX ustar, with pax records
 * where a name or a size does not fit (IEEE Std 1003.1, `pax`).
 */
import { Buffer } from 'node:buffer';

/** What stands at a path of an archive; `path` is relative and written with `/`. */
export type TarEntry =
  | { kind: 'folder'; path: string }
  | { kind: 'link'; path: string; target: string }
  | {
      kind: 'file';
      path: string;
      /** In bytes: as many as `read` gives. */
      size: number;
      executable?: boolean;
      read(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
    };

/** A file of an archive whose content is at hand. */
export function fileEntry(path: string, content: string | Uint8Array): TarEntry {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return { kind: 'file', path, size: bytes.length, read: () => [bytes] };
}

/**
 * The archive in pieces. Entries are sorted, folders that they need are added, everything belongs to root and dates
 * from 1970, and files can be read, and run where they are executable, by everybody.
 *
 * @throws Error when a file does not have the size that was told, or a path stands there twice
 */
export async function* tarOf(entries: Iterable<TarEntry>): AsyncGenerator<Uint8Array> {
  for (const entry of withFolders(entries)) {
    yield headerOf(entry);
    if (entry.kind !== 'file') continue;
    let size = 0;
    for await (const piece of entry.read()) {
      size += piece.length;
      yield piece;
    }
    if (size !== entry.size) throw new Error(`The file ${entry.path} changed while it was read.`);
    yield padding(size);
  }
  yield Buffer.alloc(2 * BLOCK);
}

function withFolders(entries: Iterable<TarEntry>): TarEntry[] {
  const byPath = new Map<string, TarEntry>();
  for (const entry of entries) {
    const known = byPath.get(entry.path);
    if (known && (known.kind !== 'folder' || entry.kind !== 'folder'))
      throw new Error(`There are two files ${entry.path}.`);
    byPath.set(entry.path, entry);
  }
  for (const path of [...byPath.keys()]) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (byPath.has(folder)) break;
      byPath.set(folder, { kind: 'folder', path: folder });
    }
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

const BLOCK = 512;
/** What the header has room for, in bytes. */
const LONGEST_NAME = 100;
const LARGEST = 8 ** 11 - 1;

const TYPES = { file: '0', link: '2', folder: '5', pax: 'x' };

function headerOf(entry: TarEntry): Buffer {
  const path = entry.kind === 'folder' ? `${entry.path}/` : entry.path;
  const size = entry.kind === 'file' ? entry.size : 0;
  const target = entry.kind === 'link' ? entry.target : '';
  const records = Object.entries({
    ...(fits(path) ? {} : { path }),
    ...(fits(target) ? {} : { linkpath: target }),
    ...(size > LARGEST ? { size: String(size) } : {}),
  });
  const mode = entry.kind === 'link' ? 0o777 : entry.kind === 'folder' || entry.executable ? 0o755 : 0o644;
  const header = blockOf(path, { type: TYPES[entry.kind], mode, size: Math.min(size, LARGEST), target });
  if (records.length === 0) return header;
  const body = Buffer.from(records.map(([key, value]) => paxRecord(key, value)).join(''));
  const pax = blockOf('pax', { type: TYPES.pax, mode: 0o644, size: body.length, target: '' });
  return Buffer.concat([pax, body, padding(body.length), header]);
}

/** Other letters than ASCII's have no meaning in a header. */
function fits(name: string): boolean {
  return name.length <= LONGEST_NAME && !/[^\x20-\x7e]/.test(name);
}

function blockOf(
  path: string,
  { type, mode, size, target }: { type: string; mode: number; size: number; target: string },
): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(path, 0, LONGEST_NAME);
  for (const [value, offset, length] of [
    [mode, 100, 8],
    [0, 108, 8],
    [0, 116, 8],
    [size, 124, 12],
    [0, 136, 12],
  ] as const)
    block.write(value.toString(8).padStart(length - 1, '0'), offset, length - 1, 'latin1');
  block.write(type, 156, 1, 'latin1');
  block.write(target, 157, LONGEST_NAME);
  block.write('ustar\x0000', 257, 8, 'latin1');
  // The sum of all bytes, with spaces where it will stand.
  block.fill(' ', 148, 156);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return block;
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}
