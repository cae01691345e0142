/** Which part of a lock file some imports need. */
import { describe, expect, test } from '@jest/globals';
import {
  imageLockOf,
  installLockOf,
  manifestOf,
  type SliceRequest,
  sliceOf,
} from '../kernel/lib/export/package-slice.js';

type Entries = SliceRequest['packages'];

const machine = { os: 'linux', cpu: 'x64', libc: 'glibc' } as const;
const slice = (packages: Entries, names: string[], more: Partial<SliceRequest> = {}) =>
  sliceOf({ packages, names, from: '', machine, ...more });
/** Paths, each with what it needs. */
const needs = (packages: Entries, names: string[], more?: Partial<SliceRequest>) =>
  Object.fromEntries(
    Object.entries(slice(packages, names, more).packages).map(([path, entry]) => [
      path,
      entry.link ? `-> ${entry.resolved}` : Object.keys(entry.dependencies ?? {}).join(' '),
    ]),
  );

const NESTED: Entries = {
  '': { dependencies: { a: '^1.0.0', b: '^1.0.0', lodash3: 'npm:lodash@3' } },
  'node_modules/a': {
    version: '1.0.0',
    integrity: 'sha512-a1',
    resolved: 'https://host/a.tgz',
    dependencies: { b: '^2.0.0' },
  },
  'node_modules/a/node_modules/b': {
    version: '2.0.0',
    integrity: 'sha512-b2',
    resolved: 'https://host/b2.tgz',
  },
  'node_modules/b': {
    version: '1.0.0',
    integrity: 'sha512-b1',
    dependencies: { c: '1' },
    hasInstallScript: true,
  },
  'node_modules/c': { version: '1.0.0', dependencies: { b: '1' }, os: ['linux'] },
  'node_modules/lodash3': {
    name: 'lodash',
    version: '3.10.1',
    integrity: 'sha512-l3',
    resolved: 'https://host/l.tgz',
  },
  'node_modules/@s/x': { version: '1.0.0', peerDependencies: { c: '1', gone: '1' } },
};

describe('a slice', () => {
  test.each<[string[], Record<string, string>]>([
    [[], {}],
    [['lodash3'], { 'node_modules/lodash3': '' }],
    [['a'], { 'node_modules/a': 'b', 'node_modules/a/node_modules/b': '' }],
    [['b'], { 'node_modules/b': 'c', 'node_modules/c': 'b' }],
    [['@s/x'], { 'node_modules/@s/x': 'c', 'node_modules/b': 'c', 'node_modules/c': 'b' }],
  ])('of %j', (names, expected) => expect(needs(NESTED, names)).toEqual(expected));

  test('is a lock file for npm, which accepts what is there', () => {
    expect(installLockOf(slice(NESTED, ['a', 'lodash3']))).toMatchInlineSnapshot(`
     {
       "lockfileVersion": 3,
       "packages": {
         "": {
           "dependencies": {
             "a": "*",
             "lodash3": "*",
           },
           "private": true,
         },
         "node_modules/a": {
           "dependencies": {
             "b": "*",
           },
           "integrity": "sha512-a1",
           "resolved": "https://host/a.tgz",
           "version": "1.0.0",
         },
         "node_modules/a/node_modules/b": {
           "integrity": "sha512-b2",
           "resolved": "https://host/b2.tgz",
           "version": "2.0.0",
         },
         "node_modules/lodash3": {
           "integrity": "sha512-l3",
           "name": "lodash",
           "resolved": "https://host/l.tgz",
           "version": "3.10.1",
         },
       },
       "requires": true,
     }
    `);
  });

  test('is a lock file in the image, which does not say where packages are from', () => {
    const made = slice(NESTED, ['lodash3', 'a', 'b']);
    expect(manifestOf(made)).toEqual({ private: true, dependencies: { a: '*', b: '*', lodash3: '*' } });
    expect(imageLockOf(made)).toMatchInlineSnapshot(`
     {
       "lockfileVersion": 3,
       "packages": {
         "": {
           "dependencies": {
             "a": "*",
             "b": "*",
             "lodash3": "*",
           },
           "private": true,
         },
         "node_modules/a": {
           "integrity": "sha512-a1",
           "version": "1.0.0",
         },
         "node_modules/a/node_modules/b": {
           "integrity": "sha512-b2",
           "version": "2.0.0",
         },
         "node_modules/b": {
           "integrity": "sha512-b1",
           "version": "1.0.0",
         },
         "node_modules/c": {
           "version": "1.0.0",
         },
         "node_modules/lodash3": {
           "integrity": "sha512-l3",
           "name": "lodash",
           "version": "3.10.1",
         },
       },
       "requires": true,
     }
    `);
    expect(JSON.stringify(imageLockOf(made))).not.toContain('host');
  });

  test('has the parts for the machine', () => {
    const parts = (machine: SliceRequest['machine']) =>
      Object.keys(
        needs(
          {
            'node_modules/x': {
              version: '1',
              optionalDependencies: { gnu: '1', musl: '1', arm: '1', mac: '1' },
            },
            'node_modules/gnu': { version: '1', os: ['linux'], cpu: ['x64'], libc: ['glibc'] },
            'node_modules/musl': { version: '1', os: ['linux'], cpu: ['x64'], libc: ['musl'] },
            'node_modules/arm': { version: '1', os: ['linux'], cpu: ['arm64'] },
            'node_modules/mac': { version: '1', os: ['darwin'] },
          },
          ['x'],
          { machine },
        ),
      )
        .join(' ')
        .replaceAll('node_modules/', '');
    expect(parts(machine)).toBe('gnu x');
    expect(parts({ ...machine, libc: 'musl' })).toBe('musl x');
    expect(parts({ os: 'linux', cpu: 'arm64', libc: 'glibc' })).toBe('arm x');
  });

  const LINKED: Entries = {
    'node_modules/@me/mine': { resolved: 'packages/mine', link: true },
    'node_modules/other': { resolved: '../other', link: true },
    'packages/mine': {
      name: '@me/mine',
      version: '0.1.0',
      dependencies: { c: '1', other: '*' },
      devDependencies: { d: '1' },
    } as object,
    'packages/mine/node_modules/c': { version: '2.0.0' },
    'node_modules/c': { version: '1.0.0' },
    'node_modules/e': { version: '1.0.0' },
    '../other': { version: '0.2.0', dependencies: { e: '1', f: '1' } },
    '../other/node_modules/f': { version: '1.0.0' },
  };

  test("has the project's own packages, also those beside it", () => {
    expect(needs(LINKED, ['@me/mine'])).toEqual({
      'node_modules/@me/mine': '-> packages/mine',
      'node_modules/other': '-> .links/other',
      'packages/mine': 'c other',
      'packages/mine/node_modules/c': '',
      '.links/other': 'e f',
      '.links/other/node_modules/f': '',
      'node_modules/e': '',
    });
    expect(slice(LINKED, ['@me/mine']).links).toEqual({
      'packages/mine': 'packages/mine',
      '.links/other': '../other',
    });
  });

  test('of a notebook in a workspace begins there', () => {
    const made = slice(LINKED, ['c', 'e'], { from: 'packages/mine/notebooks' });
    expect([made.directory, made.dependencies, made.links]).toEqual(['packages/mine', ['@me/mine', 'e'], {}]);
    expect(needs(LINKED, ['c', 'e'], { from: 'packages/mine/notebooks' })).toEqual({
      'node_modules/@me/mine': '-> packages/mine',
      'packages/mine': 'c',
      'packages/mine/node_modules/c': '',
      'node_modules/e': '',
    });
    expect(needs(LINKED, ['c', '@me/mine'], { from: 'packages/mine' })['packages/mine']).toBe('c other');
    expect(slice(LINKED, ['e'], { from: 'packages/mine' }).directory).toBe('');
  });

  test('leaves out what the base image has', () => {
    const made = slice(NESTED, ['b', 'a'], { provided: { b: '1.0.0', unused: '3' } });
    expect(Object.keys(made.packages)).toEqual(['node_modules/a', 'node_modules/a/node_modules/b']);
    expect(Object.keys(made.provided)).toEqual(['node_modules/b']);
    expect(made.dependencies).toEqual(['a']);
    expect(imageLockOf(made)).toMatchObject({
      packages: { 'node_modules/b': { version: '1.0.0', integrity: 'sha512-b1' } },
    });
  });

  test.each<[string, Entries, string[], Partial<SliceRequest>, string]>([
    ['absent', NESTED, ['left-pad'], {}, 'has no package "left-pad". Run `npm install left-pad`'],
    [
      'incomplete',
      { 'node_modules/a': { dependencies: { z: '1' } } },
      ['a'],
      {},
      'it has no node_modules/a/node_modules/z',
    ],
    [
      'for another machine',
      { 'node_modules/a': { os: ['darwin'] } },
      ['a'],
      {},
      'cannot be used on linux x64 with glibc',
    ],
    [
      'that needs one for another machine',
      { 'node_modules/b': { dependencies: { a: '1' } }, 'node_modules/a': { cpu: ['arm64'] } },
      ['b'],
      {},
      '"a" cannot be used',
    ],
    [
      'whose part for this machine was left out',
      { 'node_modules/a': { optionalDependencies: { '@a/linux-x64-gnu': '1' } } },
      ['a'],
      {},
      'Remove node_modules and package-lock.json',
    ],
    [
      'that the base image has otherwise',
      NESTED,
      ['b'],
      { provided: { b: '1.0.1' } },
      'The base image has b 1.0.1, but package-lock.json says 1.0.0',
    ],
  ])('of a package %s', (_, entries, names, more, message) =>
    expect(() => slice(entries, names, more)).toThrow(message),
  );
});
