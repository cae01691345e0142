// What set-up shows while it works: one line a step, the output of a command only when it fails.
import { spawn } from 'node:child_process';

/** Something that the person at the keyboard can mend: shown as its sentence alone. */
export class SetupError extends Error {}

/** Says what is being done, does it, and says how long it took. */
export async function step(title, work) {
  const started = Date.now();
  const line = () => `${title} … ${Math.round((Date.now() - started) / 1000)} s`;
  const live = process.stdout.isTTY;
  if (!live) console.log(`${title} …`);
  const ticking = live && setInterval(() => process.stdout.write(`\r${line()}`), 250);
  try {
    return await work();
  } finally {
    clearInterval(ticking);
    if (live) process.stdout.write(`\r${line()}\n`);
  }
}

/**
 * Runs a command to its end and gives its standard output.
 * @throws SetupError with the end of what the command wrote, when it fails
 */
export function command(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    let all = '';
    child.stdout.on('data', (text) => ((output += text), (all += text)));
    child.stderr.on('data', (text) => (all += text));
    child.on('error', (error) => reject(new SetupError(`${program} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const end = all.trim().split('\n').slice(-40).join('\n');
      reject(new SetupError(`\`${[program, ...args].join(' ')}\` ended with ${signal ?? code}:\n\n${end}`));
    });
  });
}

/** Runs a script's main function; a SetupError is one sentence, everything else is a fault of ours and shown whole. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    console.error(error instanceof SetupError ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
