/** Large values are read into the memory that they keep. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, DecodeError, encode } from '../kernel/lib/store/codec.js';
import { Blocks } from '../kernel/lib/store/codec/blocks.js';
import { blobKey, getEncoding, putBlob } from '../kernel/lib/store/content.js';
import { CorruptBlobError, FolderStore } from '../kernel/lib/store/index.js';

const MB = 2 ** 20;
let folder: string;
let store: FolderStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-blocks-'));
  store = new FolderStore(join(folder, 'store'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const floats = (megabytes: number, seed = 1) =>
  Float64Array.from({ length: (megabytes * MB) / 8 }, (_, i) => Math.sin(i + seed));
const shared = floats(2);

/** With the number of blocks that each is read in. */
const VALUES: [string, () => unknown, number][] = [
  ['an array', () => floats(2), 1],
  ['one just large enough', () => new Uint8Array(MB).fill(7), 1],
  ['one just too small', () => new Uint8Array(MB - 1).fill(7), 0],
  ['longer than what is read at once', () => floats(20), 1],
  ['two, with others around', () => ({ a: 1, x: floats(3), name: 'ü', y: floats(9, 2), z: [-0, 1n] }), 2],
  ['many', () => Array.from({ length: 12 }, (_, i) => ({ i, x: floats(1, i) })), 12],
  ['a Buffer and an ArrayBuffer', () => [Buffer.alloc(2 * MB, 'ab'), floats(1).buffer], 2],
  ['views of one memory', () => [shared, shared.subarray(5, 9), new DataView(shared.buffer, 8)], 1],
  ['the same one twice', () => [shared, shared], 1],
  ['a long text that looks like heads', () => ['\u{5b}'.repeat(3 * MB), floats(1)], 1],
  ['a large integer', () => [2n ** BigInt(9 * MB) - 1n, floats(1)], 2],
  ['much that is small', () => Array.from({ length: 120_000 }, (_, i) => ({ i, name: 'n'.repeat(80) })), 0],
  [
    'a large one at the end of much',
    () => [Array.from({ length: 900_000 }, (_, i) => i * 0.5), floats(2)],
    1,
  ],
  ['text without a UTF-8 form', () => ['\ud800'.repeat(MB), floats(1)], 2],
];

test.each(VALUES)('%s', async (_name, make, count) => {
  const value = make();
  const { digest } = await putBlob(store, encode(value));
  const encoding = await getEncoding(store, digest);
  const blocks = encoding instanceof Blocks ? countOf(encoding) : 0;
  const whole = readFileSync(join(store.location, blobKey(digest)));
  // Compared as bytes: matchers look at each element.
  const same = [decode(await getEncoding(store, digest)), decode(whole)].map(
    (read) => Buffer.compare(encode(read), whole) === 0,
  );
  expect([blocks, same]).toEqual([count, [true, true]]);
});

const countOf = (blocks: Blocks): number => blocks.take().length;

test('what is read twice is two values; what was decoded is not decoded again', async () => {
  const { digest } = await putBlob(store, encode(floats(2)));
  const encoding = await getEncoding(store, digest);
  const one = decode(encoding) as Float64Array;
  const other = decode(await getEncoding(store, digest)) as Float64Array;
  one[0] = 5;
  expect([other[0], one.buffer.byteLength]).toEqual([Math.sin(1), 2 * MB]);
  expect(() => decode(encoding)).toThrow('belongs to a value already');
});

test.each([
  ['a byte is another', (path: string) => writeFileSync(path, changed(readFileSync(path), 12 * MB))],
  ['it is cut within a block', (path: string) => truncateSync(path, 11 * MB)],
  ['it is cut within the stream', (path: string) => truncateSync(path, 10)],
  [
    'a head announces more than there is',
    (path: string) => writeFileSync(path, changed(readFileSync(path), 13)),
  ],
])('damaged: %s', async (_name, damage) => {
  const { digest } = await putBlob(store, encode({ x: floats(16), y: [1, 2, 3] }));
  damage(join(store.location, blobKey(digest)));
  await expect(getEncoding(store, digest)).rejects.toThrow(CorruptBlobError);
});

function changed(bytes: Buffer, at: number): Buffer {
  bytes[at]! ^= 0xff;
  return bytes;
}

test('bytes that nobody encoded: no room is made for what they announce', async () => {
  const head = encode(new Uint8Array(0)).subarray(0, -1);
  const announced = Buffer.concat([head, Buffer.from('5b0000000fffffffff', 'hex'), Buffer.alloc(2 * MB)]);
  const { digest } = await putBlob(store, announced);
  const encoding = await getEncoding(store, digest);
  expect(() => decode(encoding)).toThrow(DecodeError);
});
