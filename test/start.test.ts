/** What `npm start` says before there is anything to start. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeProblem } from '../binder/node.mjs';

const START = join(import.meta.dirname, '..', 'binder', 'start.mjs');

function start(parameters: string[], env = process.env): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [START, ...parameters], {
    encoding: 'utf8',
    env,
  });
  return { status, text: stdout + stderr };
}

test.each([
  ['20.19.0', false],
  ['22.3.0', false],
  ['20.18.3', true],
  ['18.20.8', true],
  ['12.22.9', true],
])('Node %s is too old: %s', (version, tooOld) => {
  const problem = nodeProblem(version);
  if (tooOld) expect(problem).toContain(`needs Node 20.19 or newer and this is ${version}`);
  else expect(problem).toBeNull();
});

test.each([
  [['--port', 'x'], /^\nx is no port: give a number from 1 to 65535\.\n$/],
  [['--port', '70000'], /is no port/],
  [['--nonsense'], /^\nUnknown option '--nonsense'\.\n\nnpm start -- \[--no-browser\]/],
])('%j is a sentence', (parameters, sentence) => {
  const { status, text } = start(parameters);
  expect(status).toBe(1);
  expect(text).toMatch(sentence);
});

test.each([
  ['there is none on the PATH', null],
  ['lacks the module venv', 'echo \'["/opt/python3", 3, 11]\'; exit 1'],
  ['/opt/python3 is 3.9', 'echo \'["/opt/python3", 3, 9]\'; echo ok'],
])('says before anything is installed what Python is missing: %s', (problem, python) => {
  const bin = mkdtempSync(join(tmpdir(), 'tagflow-path-'));
  if (python) writeFileSync(join(bin, 'python3'), `#!/bin/sh\n${python}\n`, { mode: 0o755 });
  const { status, text } = start([], { ...process.env, PATH: bin });
  rmSync(bin, { recursive: true });
  expect(status).toBe(1);
  expect(text).toMatch(/^\nJupyterLab needs Python 3\.10 or newer with venv, and /);
  expect(text).toContain(problem);
});

test('says how it is used', () => {
  expect(start(['--help'])).toEqual({ status: 0, text: expect.stringMatching(/--port N/) });
});

test('names another port when the wanted one is taken', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const { status, text } = start(['--port', String(port)]);
  server.close();
  expect([status, text]).toEqual([1, expect.stringContaining(`Port ${port} is in use`)]);
});
