import { differences, keyOf, keyParts, type KeyFacts } from '../kernel/lib/run/key.js';

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
  ['shared objects', { sharing: digest('0') }, ['shared objects is new']],
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
