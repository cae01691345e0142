// What all benchmarks measure and print with.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { SetupError } from '../../binder/progress.mjs';

/**
 * Before each turn of either side: a virtual machine that has worked hard is given less for half a minute, and whoever
 * comes next would pay for it.
 */
export function rest() {
  return pause(30_000);
}

/** Runs a command to its end: its standard output and error, and how long it took. */
export async function time(program, args, options, input = '') {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (errors += text));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  if (code !== 0)
    throw new SetupError(`${program} ${args.join(' ')} ended with ${code}:\n${output}${errors}`);
  return { output, errors, seconds: (performance.now() - started) / 1000 };
}

/** Prints our seconds as a ratio to a peer's. */
export function compare(what, peer, ours, theirs) {
  const ratio = ours / theirs;
  const figures = `${text(ours)} against ${text(theirs)} (${peer})`;
  console.log(`${what.padEnd(36)} ${ratio.toFixed(ratio < 0.1 ? 3 : 2)}x   ${figures}`);
}

/** Prints seconds that nobody else's stand beside. */
export function tell(what, seconds) {
  console.log(`${what.padEnd(36)} ${text(median(seconds))}  (${seconds.map(text).join(', ')})`);
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function text(seconds) {
  return `${(seconds * 1000).toFixed(seconds < 0.1 ? 1 : 0)} ms`;
}
