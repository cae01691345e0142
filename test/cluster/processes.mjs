// The cluster's processes: started in the background with a log, remembered, and ended by number only while the number is theirs.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '../../binder/progress.mjs';
import { state } from './places.mjs';

const records = join(state, 'processes');
const logs = join(state, 'log');
/** A process may end by itself for so long, in milliseconds. */
const GRACE = 8_000;

export function start(name, program, args, { env = process.env } = {}) {
  if (pidOf(name) !== undefined) return;
  for (const folder of [records, logs]) mkdirSync(folder, { recursive: true });
  const log = openSync(join(logs, `${name}.log`), 'a');
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log], env, cwd: state });
  closeSync(log);
  // Whoever waits for it to work hears that it never came up.
  child.on('error', () => undefined);
  child.unref();
  if (child.pid === undefined) throw new SetupError(`${program} could not be started.`);
  writeFileSync(
    join(records, name),
    JSON.stringify({ pid: child.pid, program: basename(program), begun: begunAt(child.pid) }),
  );
}

/** Ends a process and waits until it has. */
export async function stop(name, signal = 'SIGTERM') {
  const pid = pidOf(name);
  if (pid !== undefined) {
    process.kill(pid, signal);
    const until = Date.now() + GRACE;
    while (pidOf(name) !== undefined && Date.now() < until) await sleep(50);
    if (pidOf(name) !== undefined) process.kill(pid, 'SIGKILL');
    while (pidOf(name) !== undefined) await sleep(50);
  }
  rmSync(join(records, name), { force: true });
}

/** Its number while it lives. */
export function pidOf(name) {
  try {
    const { pid, begun } = JSON.parse(readFileSync(join(records, name), 'utf8'));
    return begun !== undefined && begunAt(pid) === begun ? pid : undefined;
  } catch {
    return undefined;
  }
}

export function known() {
  try {
    return readdirSync(records);
  } catch {
    return [];
  }
}

/** Waits until something works. @throws SetupError with the end of the log when it does not come to that */
export async function until(name, works, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await Promise.resolve(works()).catch(() => false)) return;
    if (Date.now() > end || pidOf(name) === undefined) break;
    await sleep(100);
  }
  let log = '';
  try {
    log = readFileSync(join(logs, `${name}.log`), 'utf8')
      .trim()
      .split('\n')
      .slice(-15)
      .join('\n');
  } catch {
    // it wrote nothing
  }
  throw new SetupError(`${name} did not come up:\n\n${log}`);
}

/** When a process began, in the kernel's ticks: a number that is given again belongs to one that began later. */
function begunAt(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
