import { afterAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, uninstall } from '../kernel/lib/jupyter/install.js';
import { KERNEL } from './jupyter/client.ts';

const folder = mkdtempSync(join(tmpdir(), 'tagflow-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a bad connection file is a sentence', () => {
  const good = {
    transport: 'tcp',
    ip: '127.0.0.1',
    key: 'k',
    signature_scheme: 'hmac-sha256',
    ...{ shell_port: 1, control_port: 2, stdin_port: 3, iopub_port: 4, hb_port: 5 },
  };
  const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
  const cases: [name: string, content: string | undefined, sentence: RegExp][] = [
    ['missing', undefined, /does not exist/],
    ['empty', '', /is not JSON/],
    ['truncated', '{"transport": "tcp", "i', /is not JSON/],
    ['a list', '[1]', /is not a JSON object/],
    ['without a port', JSON.stringify(without('iopub_port')), /has no port number for "iopub_port"/],
    ['with a text as port', JSON.stringify({ ...good, hb_port: '5' }), /has no port number for "hb_port"/],
    ['with a number as key', JSON.stringify({ ...good, key: 1 }), /has no text for "key"/],
    ['of another transport', JSON.stringify({ ...good, transport: 'udp' }), /asks for the transport "udp"/],
    [
      'of an unknown signature',
      JSON.stringify({ ...good, signature_scheme: 'hmac-x' }),
      /signature scheme "hmac-x"/,
    ],
  ];
  test.each(cases)('%s', (name, content, sentence) => {
    const file = join(folder, `${name}.json`);
    if (content !== undefined) writeFileSync(file, content);
    const { status, stderr } = spawnSync(process.execPath, [KERNEL, file], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('for a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const file = join(folder, 'taken.json');
    writeFileSync(file, JSON.stringify({ ...good, shell_port: port }));
    const { status, stderr } = spawnSync(process.execPath, [KERNEL, file], { encoding: 'utf8' });
    server.close();
    expect([status, stderr]).toEqual([
      1,
      `The kernel cannot listen on tcp://127.0.0.1:${port} (EADDRINUSE): start it again.\n`,
    ]);
  });
});

describe('installation', () => {
  test('puts a kernelspec that starts this kernel, and takes it out', () => {
    const prefix = join(folder, 'environment');
    const { kernel } = install({ prefix });
    expect(kernel).toBe(join(prefix, 'share', 'jupyter', 'kernels', 'tagflow'));
    expect(JSON.parse(readFileSync(join(kernel, 'kernel.json'), 'utf8'))).toMatchObject({
      argv: [process.execPath, KERNEL, '{connection_file}'],
      display_name: 'Tagflow',
      language: 'typescript',
      interrupt_mode: 'message',
    });
    expect(readFileSync(join(kernel, 'logo-svg.svg'), 'utf8')).toMatch(/^<svg xmlns=.*<\/svg>\n$/);
    expect(uninstall({ prefix })).toContain(kernel);
    expect(existsSync(kernel)).toBe(false);
    expect(uninstall({ prefix })).toEqual([]);
  });

  test('goes to the environment of a Python, or of the `jupyter` on PATH', () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const python = join(bin, 'python3');
    writeFileSync(python, `#!/bin/sh\necho ${join(folder, 'its-prefix')}\n`);
    writeFileSync(join(bin, 'jupyter'), `#!${python}\n`);
    for (const name of ['python3', 'jupyter']) chmodSync(join(bin, name), 0o755);
    const expected = join(folder, 'its-prefix', 'share', 'jupyter', 'kernels', 'tagflow');
    const path = process.env['PATH'];
    process.env['PATH'] = `${bin}:${path}`;
    try {
      expect(install({ python }).kernel).toBe(expected);
      expect(install().kernel).toBe(expected);
      expect(install({ sysPrefix: true }).kernel).toBe(expected);
    } finally {
      process.env['PATH'] = path;
    }
  });

  test.each([
    ['two places', { prefix: folder, user: true }, /^Choose one of/],
    ['no Python', { python: join(folder, 'nothing') }, /is no Python that can be started/],
    ['a file in the way', { prefix: KERNEL }, /cannot be written \(ENOTDIR\): choose another place/],
  ])('says what is wrong: %s', (_, environment, sentence) => {
    expect(() => install(environment)).toThrow(sentence);
  });
});
