import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Step } from '@tagflow/schema';
import { cachingOf } from '../kernel/lib/run/key/caching.js';
import { dataFilesOf } from '../kernel/lib/run/key/data-files.js';
import { IdentityTable } from '../kernel/lib/run/step/identity.js';
import { sharingOf, type SharedInput } from '../kernel/lib/run/step/sharing.js';
import { decode, encode } from '../kernel/lib/store/codec.js';
import { differences, keyOf, keyParts, type KeyFacts } from '../kernel/lib/run/key/key.js';

const digest = (letter: string) => letter.repeat(64);

const FACTS: KeyFacts = {
  code: {
    'function h': digest('a'),
    'statement 1': digest('b'),
    'statement 2': digest('c'),
    order: digest('d'),
  },
  inputs: { rows: digest('e') },
  parameters: { trees: 100, long: 'x'.repeat(100) },
  env: { MODE: 'fast' },
  envFrom: { REGION: 'north' },
  secrets: ['API_KEY'],
  files: { 'data.csv': digest('f') },
  localFiles: { 'lib/score.ts': digest('1') },
  packages: { 'ml-cart': '2.1.0 sha512-abc==' },
  node: 20,
  codec: 1,
};

test('parts have names and values that people can read, and no value that should not be read', () => {
  const parts = keyParts({
    ...FACTS,
    platform: 'linux x64',
    image: digest('2'),
    more: { item: digest('3') },
  });
  expect(parts).toEqual({
    'code: function h': digest('a'),
    'code: statement 1': digest('b'),
    'code: statement 2': digest('c'),
    'code: order': digest('d'),
    'input rows': digest('e'),
    'parameter trees': '100',
    'parameter long': expect.stringMatching(/^[0-9a-f]{64}$/),
    'env MODE': '"fast"',
    'env REGION': expect.stringMatching(/^[0-9a-f]{64}$/),
    'secret API_KEY': 'declared',
    'file data.csv': digest('f'),
    'local file lib/score.ts': digest('1'),
    'package ml-cart': '2.1.0 sha512-abc==',
    node: '20',
    codec: '1',
    platform: 'linux x64',
    image: digest('2'),
    item: digest('3'),
  });
});

test('a key does not depend on the order of its parts', () => {
  const parts = keyParts(FACTS);
  const key = keyOf(parts);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(keyOf(Object.fromEntries(Object.entries(parts).reverse()))).toBe(key);
});

test('of one format stays what it is', () => {
  expect(keyOf({ node: '20', 'input rows': digest('e') })).toBe(
    '1ffc68eefa1348e1c6b9de7f25e45e378f7d37b5b10c445345b3b3edea5641ca',
  );
});

const CHANGED: [string, Partial<KeyFacts>, string[]][] = [
  ['nothing', {}, []],
  ['a helper', { code: { ...FACTS.code, 'function h': digest('0') } }, ['function h was edited']],
  [
    'a helper more',
    { code: { ...FACTS.code, 'const k': digest('0'), order: digest('9') } },
    ['const k is new'],
  ],
  [
    'a statement inserted before others',
    {
      code: {
        ...FACTS.code,
        'statement 1': digest('0'),
        'statement 2': digest('b'),
        'statement 3': digest('c'),
        order: digest('9'),
      },
    },
    ['statement 1 is new'],
  ],
  [
    'another order',
    { code: { ...FACTS.code, order: digest('9') } },
    ['statements are evaluated in another order'],
  ],
  [
    'statements swapped',
    { code: { ...FACTS.code, 'statement 1': digest('c'), 'statement 2': digest('b'), order: digest('9') } },
    ['statements are evaluated in another order'],
  ],
  ['an input', { inputs: { rows: digest('0') } }, ['input rows has changed']],
  ['no input', { inputs: {} }, ['input rows is gone']],
  ['a parameter', { parameters: { ...FACTS.parameters, trees: 50 } }, ['parameter trees: 50, was 100']],
  [
    'a long parameter',
    { parameters: { ...FACTS.parameters, long: 'y'.repeat(100) } },
    ['parameter long has changed'],
  ],
  [
    'the type of a parameter',
    { parameters: { ...FACTS.parameters, trees: '100' } },
    ['parameter trees: "100", was 100'],
  ],
  ['a variable', { env: { MODE: 'slow' } }, ['env MODE: "slow", was "fast"']],
  ['a variable of the place that is not set', { envFrom: { REGION: undefined } }, ['env REGION has changed']],
  ['a variable of the place', { envFrom: { REGION: 'south' } }, ['env REGION has changed']],
  ['a secret', { secrets: ['API_KEY', 'TOKEN'] }, ['secret TOKEN is new']],
  ['a file', { files: { 'data.csv': digest('0') } }, ['file data.csv has changed']],
  ['a local file', { localFiles: { 'lib/score.ts': digest('0') } }, ['local file lib/score.ts has changed']],
  ['a package', { packages: { 'ml-cart': '2.1.1 sha512-def==' } }, ['package ml-cart 2.1.1, was 2.1.0']],
  [
    'a package whose version stayed',
    { packages: { 'ml-cart': '2.1.0 sha512-def==' } },
    ['package ml-cart 2.1.0 has other contents'],
  ],
  ['Node', { node: 22 }, ['node 22, was 20']],
  ['the platform', { platform: 'linux arm64' }, ['platform is new']],
  ['shared objects', { sharing: digest('0') }, ['shared objects are new']],
];

test.each(CHANGED)('what changed: %s', (_, change, sentences) => {
  const before = keyParts(FACTS);
  const now = keyParts({ ...FACTS, ...change });
  expect(differences(before, now).map(({ sentence }) => sentence)).toEqual(sentences);
  expect(keyOf(now) === keyOf(before)).toBe(sentences.length === 0);
});

test.each([
  [0, -0],
  [[0], [-0]],
  [null, 'null'],
  [1, '1'],
  [NaN, null],
  [NaN, Infinity],
  [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ],
])('parameters %j and %j have different keys', (a, b) => {
  const key = (value: unknown) => keyOf(keyParts({ ...FACTS, parameters: { value } }));
  expect(key(a)).not.toBe(key(b));
});

const step = (cache: Step['settings']['cache'], impure: string[] = [], consumed = true): Step => ({
  name: 'a',
  cells: [],
  consumes: [],
  produces: [{ name: 'x', variable: 'c#x', type: 'number', consumed, cell: 'c' }],
  after: [],
  settings: cache === undefined ? {} : { cache },
  programs: [
    { segment: 0, kind: 'plain', source: '', inputs: [], outputs: [], packages: [], localFiles: [], impure },
  ],
});
const inert = (one: Step): Step => ({
  ...one,
  programs: one.programs.map((program) => ({ ...program, inert: true })),
});
const CACHED: [string, Step, object][] = [
  ['a pure step', step(undefined), { cached: true }],
  [
    'an impure one',
    step(undefined, ['Math.random()', 'fetch()']),
    { cached: false, reason: 'it uses Math.random(), fetch()' },
  ],
  ['an impure one that says so', step(true, ['fetch()']), { cached: true }],
  [
    'one that may be some days old',
    step({ maxAge: '2d' }, ['fetch()']),
    { cached: true, maxAge: 172_800_000, maxAgeText: '2d' },
  ],
  ['one that says no', step(false), { cached: false, reason: 'its setting `cache` is false' }],
  [
    'one that is there for what it does',
    step(undefined, [], false),
    { cached: false, reason: 'no other step consumes what it makes' },
  ],
  ['one that only declares', inert(step(undefined, [], false)), { cached: true }],
  [
    'one whose second program may do something',
    {
      ...step(undefined, [], false),
      programs: [...inert(step(undefined)).programs, ...step(undefined).programs],
    },
    { cached: false, reason: 'no other step consumes what it makes' },
  ],
];
test.each(CACHED)('whether a step is cached: %s', (_, which, expected) => {
  expect(cachingOf(which)).toEqual(expected);
});

describe('objects that inputs share', () => {
  /** The inputs as a later program gets them: each encoded by the process that made all of them. */
  function made(values: Record<string, unknown>, named = (label: string) => `s c1#${label}`): SharedInput[] {
    const table = new IdentityTable();
    return Object.entries(values).map(([label, value]) => {
      const { onObjects, links } = table.encoding(named(label));
      encode(value, { onObjects });
      return { label, source: named(label), links: links() };
    });
  }
  const shared = { n: 1 };
  const rows = [shared, { n: 2 }];
  const apart = made({ rows, best: { n: 1 } });
  const best = made({ rows, best: shared });

  test('none', () => {
    expect(sharingOf([])).toBeUndefined();
    expect(sharingOf(apart)).toBeUndefined();
    // What it shares is no input.
    expect(sharingOf(best.filter(({ label }) => label === 'best'))).toBeUndefined();
  });

  test('which ones matters; what steps and cells are called does not, nor the order of inputs', () => {
    const digest = sharingOf(best);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(sharingOf(made({ rows, best: rows[1] }))).not.toBe(digest);
    expect(sharingOf(made({ rows, best: shared }, (label) => `other x9#${label}`))).toBe(digest);
    expect(sharingOf([...best].reverse())).toBe(digest);
  });

  test('two inputs share what came from a value that is none', () => {
    const two = made({ rows, first: shared, again: [shared] }).filter(({ label }) => label !== 'rows');
    expect(sharingOf(two)).toBeDefined();
    const others = made({ other: [0, [], shared], first: shared, again: [shared] });
    expect(sharingOf(others.filter(({ label }) => label !== 'other'))).toBe(sharingOf(two));
  });

  test('it is what decoding makes of them', () => {
    const table = new IdentityTable();
    const [all, one] = [encode(rows), encode(shared)].map((bytes, i) =>
      decode(bytes, table.decoding(best[i]!.source, best[i]!.links)),
    );
    expect((all as unknown[]).indexOf(one)).toBe(0);
  });
});

test('declared files count by their bytes, folders by their files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-data-'));
  mkdirSync(join(folder, 'images/empty'), { recursive: true });
  writeFileSync(join(folder, 'data.csv'), 'a,b');
  writeFileSync(join(folder, 'images/1.txt'), '1');
  const files = () => dataFilesOf(['./data.csv', 'images/', 'gone.csv'], folder);
  const before = await files();
  expect(before).toEqual({
    'data.csv': expect.stringMatching(/^[0-9a-f]{64}$/),
    'images/1.txt': expect.stringMatching(/^[0-9a-f]{64}$/),
    'images/empty/': 'empty',
  });
  writeFileSync(join(folder, 'images/1.txt'), '10');
  expect(await files()).toEqual({
    ...before,
    'images/1.txt': expect.not.stringMatching(before['images/1.txt']!),
  });
  // It is there, and reading it is an error, also for whoever may read all.
  symlinkSync('/proc/self/mem', join(folder, 'images/2.txt'));
  expect(await files()).toMatchObject({ 'images/2.txt': 'cannot be read' });
  rmSync(folder, { recursive: true });
});
