import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeOfMajor } from '../binder/python.mjs';
import { encode } from '../kernel/lib/store/codec.js';
import { classes, corpus } from './codec/corpus.mjs';
import { describe as description } from './codec/describe.mjs';
import { digests } from './codec/digests.mjs';
import { randomValue } from './codec/random.mjs';

jest.setTimeout(300_000);

const here = import.meta.dirname;
const golden = join(here, 'golden/codec/digests.json');
const script = join(here, 'codec/digests.mjs');

if (process.env['UPDATE'] === '1') writeFileSync(golden, `${JSON.stringify(digests(), null, 2)}\n`);
const expected = JSON.parse(readFileSync(golden, 'utf8')) as Record<string, string>;

describe('the digests of the corpus', () => {
  test('are those that stores hold', () => expect(digests()).toEqual(expected));

  const others = [20, 22, 24].filter((major) => !process.version.startsWith(`v${major}.`));
  test.each(others)('are the same on Node %i', async (major) => {
    const { stdout, stderr } = spawnSync(await nodeOfMajor(major), [script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(expected);
  });
});

describe('a reader in Python', () => {
  const values = [
    ...(corpus as [string, () => unknown][]).map(([name, make]) => [name, make()] as const),
    ...Array.from({ length: 200 }, (_, seed) => [`random ${seed}`, randomValue(seed)] as const),
  ];
  const read = (encoded: Uint8Array[]): unknown[] => {
    const input = encoded.map((bytes) => `${Buffer.from(bytes).toString('hex')}\n`).join('');
    const python = process.env['TAGFLOW_PYTHON'] ?? 'python3';
    const { stdout, stderr, error } = spawnSync(python, [join(here, 'codec/reader.py')], {
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    });
    if (error) throw error;
    expect(stderr).toBe('');
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  };

  test('that was written from codec.md reads every kind', () => {
    const readable = values.filter(([name]) => name !== 'converted instances');
    const found = read(readable.map(([, value]) => encode(value, { classes })));
    readable.forEach(([name, value], i) => {
      expect([name, found[i]]).toEqual([name, JSON.parse(JSON.stringify(description(value)))]);
    });
  });

  test('sees of converted instances the class and the data', () => {
    const [, value] = values.find(([name]) => name === 'converted instances')!;
    const vault = { kind: 'converted', class: ['', 'Vault', '6'.repeat(64)], how: 'decode', data: 1 };
    const tree = { kind: 'converted', class: ['trees', 'Tree', ''], how: 'load' };
    expect(read([encode(value, { classes })])).toMatchObject([
      {
        own: [
          ['vault', vault],
          ['tree', tree],
        ],
      },
    ]);
  });

  test('refuses what is cut off, newer or unknown', () => {
    const bytes = [
      'd9d9f7830180a16161',
      'd9d9f783028005',
      'd9d9f7830180d9ffff00',
      'd9d9f78301800500',
      'a0a0',
    ];
    const errors = read(bytes.map((hex) => Buffer.from(hex, 'hex')));
    expect(errors).toEqual(
      ['cut off', 'version 2', 'tag 65535', 'bytes after the end', 'no encoded value'].map((error) => ({
        error,
      })),
    );
  });
});
