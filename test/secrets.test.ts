import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptEnd } from '@tagflow/schema';
import { Mask, formsOf, holdsSecret, masked, maskedEnd, npmTokens } from '../kernel/lib/run/secrets.js';
import { environmentOf } from '../kernel/lib/run/workplace.js';
import { encodeChunks } from '../kernel/lib/store/codec.js';

const SECRET = 'hunter2/secret+key==';
const inBase64 = (text: string): string => Buffer.from(text).toString('base64');

describe('masks', () => {
  test.each<[string[], string[], string]>([
    [['hunter2'], ['my hunter2 pass'], 'my *** pass'],
    [['hunter2'], ['my hun', 'ter2', ' pass'], 'my *** pass'],
    [['hunter2'], [...'my hunter2 pass'], 'my *** pass'],
    [['hunter2'], ['hun', 'ger hunter2'], 'hunger ***'],
    [['hunter2'], ['hunte'], 'hunte'],
    [['hunter2'], ['hunter2', 'hunter2'], '******'],
    [['hunter2'], ['hunhunter2'], 'hun***'],
    [[], ['hunter2'], 'hunter2'],
    [['abcd', 'abcdef'], ['abcd', 'ef!'], '***!'],
    [['abcd', 'abcdef'], ['abcd', 'eg!'], '***eg!'],
    [['abcd', 'abcdef'], ['abcd'], '***'],
    [['bcde', 'dexy'], ['abcde', 'q'], 'a***q'],
    [['a.c+'], ['abc+ a.c+'], 'abc+ ***'],
    [['one\ntwo'], ['one', '\n', 'two'], '***'],
  ])('of %j in %j', (secrets, pieces, shown) => {
    const mask = new Mask(secrets);
    expect(pieces.map((piece) => mask.take(piece)).join('') + mask.end()).toBe(shown);
  });

  test.each([
    ['as it is', SECRET],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a query', new URLSearchParams({ q: SECRET }).toString().slice(2)],
    ['as JSON', JSON.stringify(`${SECRET}`)],
    ['in base64', inBase64(SECRET)],
    ['in hexadecimal', Buffer.from(SECRET).toString('hex')],
    ['in upper case', Buffer.from(SECRET).toString('hex').toUpperCase()],
    ['in a URL, in lower case', encodeURIComponent(SECRET).replace(/%../g, (each) => each.toLowerCase())],
  ])('%s', (_name, text) => {
    expect(masked(`<${text}>`, [SECRET])).toMatch(/^<"?\*\*\*"?>$/);
  });

  test.each<[string, (address: URL, secret: string) => void]>([
    ['password', (address, secret) => (address.password = secret)],
    ['query', (address, secret) => (address.search = `?key=${secret}&more`)],
    ['fragment', (address, secret) => (address.hash = `#${secret}`)],
  ])('as the %s of an address', (_name, put) => {
    const secret = 'p@ss/w&rd+ é$1:"x"';
    const address = new URL('https://user@host/');
    put(address, secret);
    expect(masked(address.href, [secret])).not.toMatch(/p(@|%40)ss/);
  });

  test('an end of line leaves nothing short to be masked', () => {
    expect(masked('a cat', ['a\n\n\n\n'])).toBe('a cat');
  });

  test.each(['', 'u', 'us', 'use', 'user:'])('in base64 after %j, and before more', (before) => {
    const shown = masked(`Basic ${inBase64(`${before}${SECRET} more`)} end`, [SECRET]);
    expect(shown).toMatch(/^Basic \S*\*\*\*\S* end$/);
    expect(Buffer.from(shown.slice(6, -4).replace('***', ''), 'base64').toString()).not.toContain('hunter');
    const url = Buffer.from(`${before}ÿÿ?${SECRET}`).toString('base64url');
    expect(masked(url, [SECRET])).toContain('***');
  });

  test('of several lines, also line by line', () => {
    const key = '-----BEGIN KEY-----\nMIIBOgIBAAJBAK\n-----END KEY-----';
    expect(masked(JSON.stringify({ key }), [key])).toBe('{"key":"***"}');
    expect(masked(`'-----BEGIN KEY-----\\n' +\n  'MIIBOgIBAAJBAK\\n'`, [key])).not.toContain('MIIB');
  });

  test('nothing else', () => {
    const text = 'The quick brown fox jumps over the lazy dog. '.repeat(100);
    expect(masked(text, [SECRET, 'zzzz'])).toBe(text);
    expect(formsOf([SECRET]).every((form) => form.length >= 8)).toBe(true);
  });
});

describe('values', () => {
  test.each<[string, unknown, boolean]>([
    ['a nested string', { a: [new Map([['k', `x${SECRET}y`]])] }, true],
    ['a key', { [SECRET]: 1 }, true],
    ['bytes', Buffer.from(`..${SECRET}..`), true],
    ['a large text', { text: 'x'.repeat(100_000) + SECRET }, true],
    ['a large typed array', { a: 1, b: Uint8Array.from(Buffer.from('x'.repeat(99_999) + SECRET)) }, true],
    ['an error', new Error('no', { cause: SECRET }), true],
    ['a header', { Authorization: `Basic ${inBase64(`me:${SECRET}`)}` }, true],
    ['an address', `https://x/?key=${encodeURIComponent(SECRET)}`, true],
    ['something else', { a: 'hunter', b: new Float64Array(1000) }, false],
  ])('%s', (_name, value, found) => {
    expect(holdsSecret(encodeChunks(value), [SECRET])).toBe(found);
  });
});

test('an end says nothing secret', () => {
  const end: AttemptEnd = {
    format: 1,
    state: 'failed',
    ended: '',
    outputs: [],
    notKept: [{ name: 'x', reason: `x.${SECRET} is a function` }],
    failure: { name: SECRET, message: `bad ${SECRET}`, stack: `at ${SECRET}\n at ${SECRET.slice(0, 9)}` },
  };
  const said = maskedEnd(end, [SECRET]);
  expect(said.notKept).toEqual([{ name: 'x', reason: 'x.*** is a function' }]);
  expect(said.failure).toEqual({ name: '***', message: 'bad ***', stack: 'at ***\n at ' });
});

test('tokens of npm are found', () => {
  const npmrc = [
    'registry=https://registry.example/',
    '//registry.example/:_authToken=npm_abcdef',
    '; //x/:_authToken=comment',
    '//y/:_auth = "dXNlcjpwYXNz"',
    '//z/:_password=cGFzcw==',
    '//w/:_authToken=${NPM_TOKEN}',
    'always-auth=true',
  ].join('\n');
  expect(npmTokens(npmrc)).toEqual(['npm_abcdef', 'dXNlcjpwYXNz', 'cGFzcw==']);
});

describe('the file', () => {
  let project: string;
  let notebooks: string;
  const read = (names = ['KEY'], from = {}) => environmentOf({ secrets: names }, from, notebooks);
  const git = (...parameters: string[]) => execFileSync('git', parameters, { cwd: project, stdio: 'pipe' });

  beforeEach(() => {
    project = realpathSync(mkdtempSync(join(tmpdir(), 'tagflow-secrets-')));
    notebooks = join(project, 'notebooks');
    mkdirSync(notebooks);
    writeFileSync(join(project, 'package.json'), '{}');
  });
  afterEach(() => rmSync(project, { recursive: true }));

  test.each([
    ['plain', 'KEY=abcd1234', 'abcd1234'],
    ['spaces and comments', '# mine\n\n  KEY = abcd1234 # the key\n', 'abcd1234'],
    ['single quotes', "KEY='ab # \\n cd'", 'ab # \\n cd'],
    ['double quotes', 'KEY="ab\\ncd"', 'ab\ncd'],
    ['several lines', 'KEY="ab\ncd"\nOTHER=1', 'ab\ncd'],
    ['export', 'export KEY=abcd=efgh', 'abcd=efgh'],
    ['line ends of Windows', 'KEY=abcd1234\r\nOTHER=2\r\n', 'abcd1234'],
  ])('%s', async (_name, text, value) => {
    writeFileSync(join(project, 'tagflow.secrets'), text);
    const { env, secrets } = await read();
    expect(env).toEqual({ KEY: value });
    expect(secrets).toContain(value);
  });

  test('the environment wins over the notebook, the notebook over the project', async () => {
    writeFileSync(join(project, 'tagflow.secrets'), 'ONE=project1\nTWO=project2\nTHREE=project3');
    writeFileSync(join(notebooks, 'tagflow.secrets'), 'ONE=beside-1\nTWO=beside-2');
    const { env } = await read(['ONE', 'TWO', 'THREE'], { ONE: 'environment' });
    expect(env).toEqual({ ONE: 'environment', TWO: 'beside-2', THREE: 'project3' });
  });

  test('that git would commit is refused, until it is ignored', async () => {
    git('init', '--quiet');
    writeFileSync(join(project, 'tagflow.secrets'), 'KEY=abcd1234');
    await expect(read()).rejects.toThrow(/tagflow\.secrets holds secrets, and git does not ignore it\. Add/);
    await expect(read(['KEY'], { KEY: 'from-outside' })).resolves.toMatchObject({
      env: { KEY: 'from-outside' },
    });
    writeFileSync(join(project, '.gitignore'), 'tagflow.secrets\n');
    await expect(read()).resolves.toMatchObject({ env: { KEY: 'abcd1234' } });
    git('add', '--force', 'tagflow.secrets');
    await expect(read()).rejects.toThrow(/git rm --cached/);
  });

  test.each([
    [
      'missing',
      'OTHER=abcd1234',
      /KEY that the step declares is not set\. Set it, or write KEY=… into tagflow/,
    ],
    ['short', 'KEY=abc', /secret KEY has fewer than 4 characters.*envFrom/],
    ['empty', 'KEY=', /secret KEY has fewer than 4 characters/],
  ])('%s', async (_name, text, message) => {
    writeFileSync(join(project, 'tagflow.secrets'), text);
    await expect(read()).rejects.toThrow(message);
  });

  test('names of envFrom come from the environment alone; tokens of npm are secrets that nobody declares', async () => {
    writeFileSync(join(project, 'tagflow.secrets'), 'KEY=abcd1234');
    writeFileSync(join(project, '.npmrc'), '//registry.example/:_authToken=npm_abcdef');
    await expect(environmentOf({ envFrom: ['KEY'] }, {}, notebooks)).rejects.toThrow(/KEY .* is not set/);
    const { env, secrets } = await environmentOf({ envFrom: ['A'] }, { A: '' }, notebooks);
    expect(env).toEqual({ A: '' });
    expect(secrets).toContain('npm_abcdef');
  });
});
