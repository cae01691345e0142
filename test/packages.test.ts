import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packagesOf } from '../kernel/lib/run/key/packages.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tagflow-packages-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: object | string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

type Entries = Record<string, object>;
const install = (entries: Entries) =>
  Object.entries(entries).forEach(([path, entry]) =>
    write(`${path}/package.json`, { name: path.replace(/.*node_modules\//, ''), ...entry }),
  );
const lock = (entries: Entries, path = 'package-lock.json') =>
  write(path, { lockfileVersion: 3, packages: { '': { name: 'project' }, ...entries } });
const versions = (specifiers: string[], directory = '.') =>
  packagesOf(specifiers, join(root, directory)).versions;

const NESTED: Entries = {
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a1', dependencies: { b: '^2.0.0' } },
  'node_modules/a/node_modules/b': { version: '2.0.0', integrity: 'sha512-b2' },
  'node_modules/b': { version: '1.0.0', integrity: 'sha512-b1', dependencies: { c: '1' } },
  'node_modules/c': { version: '1.0.0', integrity: 'sha512-c1', dependencies: { b: '1' } },
  'node_modules/unused': { version: '1.0.0', integrity: 'sha512-u1' },
};

describe('with a lock file', () => {
  test.each(['package-lock.json', 'node_modules/.package-lock.json', 'npm-shrinkwrap.json'])(
    '%s: the closure, and nothing else',
    (name) => {
      install(NESTED);
      lock(NESTED, name);
      const b = { b: '1.0.0 sha512-b1', c: '1.0.0 sha512-c1' };
      expect(versions(['b/sub'])).toEqual(b);
      expect(versions([])).toEqual({});
      mkdirSync(join(root, 'deep/er'), { recursive: true });
      expect(versions(['b'], 'deep/er')).toEqual(b);
    },
  );

  test('of several versions it is told whose they are', () => {
    install(NESTED);
    lock(NESTED);
    expect(versions(['a'])).toEqual({ a: '1.0.0 sha512-a1', b: '2.0.0 sha512-b2' });
    expect(versions(['a', 'b'])).toEqual({
      a: '1.0.0 sha512-a1',
      b: '1.0.0 sha512-b1 for c@1.0.0 and the notebook, 2.0.0 sha512-b2 for a@1.0.0',
      c: '1.0.0 sha512-c1',
    });
  });

  test('what is installed counts, where it is another version', () => {
    install({ ...NESTED, 'node_modules/c': { version: '1.0.1', dependencies: { b: '1' } } });
    lock(NESTED);
    expect(versions(['c'])).toEqual({ b: '1.0.0 sha512-b1', c: '1.0.1' });
  });

  test('what comes from git is told by its commit, without what its address may hold', () => {
    const entry = (commit: string) => ({
      version: '1.0.0',
      resolved: `git+https://user:token@example.com/a.git#${commit}`,
    });
    const of = (...entries: object[]): unknown =>
      entries.map((each) => {
        install({ 'node_modules/a': { version: '1.0.0' } });
        lock({ 'node_modules/a': each });
        return versions(['a'])['a'];
      });
    const [one, other] = ['1'.repeat(40), '22'.repeat(20)];
    expect(of(entry(one))).toEqual([`1.0.0 #${one}`]);
    expect(of(entry(other))).toEqual([`1.0.0 #${other}`]);
    expect(of({ ...entry(one), integrity: 'sha512-a1' })).toEqual(['1.0.0 sha512-a1']);
    expect(of({ version: '1.0.0', resolved: 'https://example.com/a-1.0.0.tgz' })).toEqual(['1.0.0']);
  });

  test('nothing is installed yet', () => {
    lock({
      'node_modules/a': {
        version: '1.0.0',
        integrity: 'sha512-a1',
        optionalDependencies: { here: '1', away: '1' },
      },
      'node_modules/here': { version: '1.0.0', integrity: 'sha512-h1', os: [process.platform, 'aix'] },
      'node_modules/away': { version: '1.0.0', integrity: 'sha512-w1', cpu: [`!${process.arch}`] },
    });
    const found = packagesOf(['a'], root);
    expect(found.versions).toEqual({ a: '1.0.0 sha512-a1', here: '1.0.0 sha512-h1' });
    expect(found.native).toEqual(['here']);
  });

  test('a change of the file is seen', () => {
    install(NESTED);
    lock(NESTED);
    expect(versions(['unused'])).toEqual({ unused: '1.0.0 sha512-u1' });
    lock({ 'node_modules/unused': { version: '1.0.0', integrity: 'sha512-other' } });
    expect(versions(['unused'])).toEqual({ unused: '1.0.0 sha512-other' });
  });

  test('an alias', () => {
    install({ 'node_modules/lodash3': { name: 'lodash', version: '3.10.1' } });
    lock({ 'node_modules/lodash3': { name: 'lodash', version: '3.10.1', integrity: 'sha512-l3' } });
    expect(versions(['lodash3/fp'])).toEqual({ lodash3: 'lodash@3.10.1 sha512-l3' });
  });

  test('a damaged file, or one of npm 6, is none', () => {
    install(NESTED);
    write('package-lock.json', '{"packages": ');
    expect(versions(['unused'])).toEqual({ unused: '1.0.0' });
    write('package-lock.json', { lockfileVersion: 1, dependencies: {} });
    expect(versions(['unused'])).toEqual({ unused: '1.0.0' });
  });
});

describe('links', () => {
  beforeEach(() => {
    write('packages/mine/package.json', { name: '@me/mine', version: '0.1.0', dependencies: { c: '1' } });
    write('packages/mine/index.js', 'export default 1');
    install(NESTED);
    mkdirSync(join(root, 'node_modules/@me'));
    symlinkSync(join(root, 'packages/mine'), join(root, 'node_modules/@me/mine'));
  });
  const mine = () => versions(['@me/mine/sub.js'])['@me/mine'];

  test.each([true, false])('count by their files, and what they depend on (lock file: %s)', (locked) => {
    if (locked) {
      lock({
        ...NESTED,
        'node_modules/@me/mine': { resolved: 'packages/mine', link: true },
        'packages/mine': {},
      });
    }
    const before = mine();
    expect(before).toMatch(/^0\.1\.0 [0-9a-f]{64}$/);
    expect(Object.keys(versions(['@me/mine']))).toEqual(['@me/mine', 'b', 'c']);
    write('packages/mine/node_modules/x/index.js', 'x');
    write('packages/mine/.cache/x', 'x');
    expect(mine()).toBe(before);
    write('packages/mine/index.js', 'export default 2');
    const edited = mine();
    expect(edited).not.toBe(before);
    write('shared.js', '1');
    symlinkSync('../../shared.js', join(root, 'packages/mine/shared.js'));
    symlinkSync('nowhere', join(root, 'packages/mine/gone.js'));
    const linked = mine();
    expect(linked).not.toBe(edited);
    write('shared.js', '2');
    expect(mine()).not.toBe(linked);
  });

  test('wherever the project lies', () => {
    const before = mine();
    const elsewhere = `${root}-moved`;
    rmSync(join(root, 'node_modules/@me/mine'));
    symlinkSync('../../packages/mine', join(root, 'node_modules/@me/mine'));
    symlinkSync(root, elsewhere);
    expect(packagesOf(['@me/mine'], elsewhere).versions['@me/mine']).toBe(before);
    rmSync(elsewhere);
  });
});

describe('without a lock file', () => {
  test('the closure of what is installed', () => {
    install({
      'node_modules/a': {
        version: '1.0.0',
        dependencies: { b: '1', gone: '1' },
        peerDependencies: { p: '*', q: '*' },
        optionalDependencies: { o: '*' },
      },
      'node_modules/b': { version: '1.2.0' },
      'node_modules/p': { version: '3.0.0' },
    });
    expect(versions(['a'])).toEqual({ a: '1.0.0', b: '1.2.0', gone: 'not installed', p: '3.0.0' });
  });

  test("neither Node's modules nor Tagflow's own are packages", () => {
    expect(
      versions(['fs', 'node:fs', 'fs/promises', 'node:test', 'tagflow', 'tslab', './local', '#x']),
    ).toEqual({});
    expect(versions(['absent'])).toEqual({ absent: 'not installed' });
  });
});

const NATIVE: [string, object, string | undefined, boolean][] = [
  ['JavaScript', {}, 'index.js', false],
  ['a prebuilt addon', {}, 'prebuilds/linux-x64/addon.node', true],
  ['an addon that is built', {}, 'binding.gyp', true],
  ['gypfile', { gypfile: true }, undefined, true],
  ['for one system', { os: ['linux'] }, undefined, true],
  ['for one processor', { cpu: ['x64'] }, undefined, true],
  ['of another package inside', {}, 'node_modules/x/addon.node', false],
];

test.each(NATIVE)('native code: %s', (_, manifest, file, expected) => {
  install({ 'node_modules/a': { version: '1.0.0', dependencies: { n: '1' } }, 'node_modules/n': manifest });
  if (file !== undefined) write(`node_modules/n/${file}`, '');
  expect(packagesOf(['a'], root).native).toEqual(expected ? ['n'] : []);
});
