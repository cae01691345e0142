/** What `npm start` says before there is anything to start. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { nodeProblem } from '../binder/node.mjs';

const START = join(import.meta.dirname, '..', 'binder', 'start.mjs');

function start(...parameters: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [START, ...parameters], {
    encoding: 'utf8',
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
  const { status, text } = start(...parameters);
  expect(status).toBe(1);
  expect(text).toMatch(sentence);
});

test('says how it is used', () => {
  expect(start('--help')).toEqual({ status: 0, text: expect.stringMatching(/--port N/) });
});

test('names another port when the wanted one is taken', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const { status, text } = start('--port', String(port));
  server.close();
  expect([status, text]).toEqual([1, expect.stringContaining(`Port ${port} is in use`)]);
});
