/** A step's process that the system ended for its memory: told apart from others that were killed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryKills } from '../kernel/lib/run/step/memory-kills.js';
import { StepProcess } from '../kernel/lib/run/step-process.js';
import type { StepRequest } from '../kernel/lib/run/step-request.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-memory-kills-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['version 2', 'low 0\nhigh 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 0\n', 2],
  ['version 1', 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n', 1],
  ['version 1 of an old system', 'oom_kill_disable 0\nunder_oom 0\n', 0],
])('control groups of %s', (_version, text, count) => {
  const file = join(folder, 'events');
  writeFileSync(file, text);
  expect(memoryKills([join(folder, 'none'), file])).toBe(count);
});

test('no control groups', () => {
  expect(memoryKills([join(folder, 'none')])).toBe(0);
});

const KILLED = "The step's process was ended by SIGKILL before its last statement.";

test.each([
  ['for its memory', 'SIGKILL', [0, 1], 'The step ran out of memory of 200Mi. Raise its setting `memory`.'],
  ['by somebody', 'SIGKILL', [1, 1], KILLED],
  ['otherwise, while another was', 'SIGTERM', [0, 1], KILLED.replace('KILL', 'TERM')],
])('a process that was ended %s', async (_how, signal, kills, message) => {
  const code = `process.on('message', () => process.kill(process.pid, '${signal}'))`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const execution = {
    request: { id: {} } as StepRequest,
    memory: 200 * 2 ** 20,
    onOutput: () => undefined,
  };
  const counts = [...kills];
  const { end } = await new StepProcess(child, execution, () => counts.shift()!).result;
  expect(end.failure?.message).toBe(message);
});
