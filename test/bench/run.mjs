// `npm run bench`: ours and the peers' in turns, and what came out as ratios. See README.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, installPackages, requireNode, root } from '../../binder/packages.mjs';
import { main, SetupError } from '../../binder/progress.mjs';
import { cells, completions, firstCell } from './cells.mjs';
import { installPeers } from './peers.mjs';
import { newProject, writeFlow, writeNotebook } from './steps.mjs';

const FEW = 2;
const MANY = 10;

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string', default: '5' }, runs: { type: 'string', default: '100000' } },
  });
  const wanted = (half) => positionals.length === 0 || positionals.includes(half);
  const rounds = Number(values.rounds);
  if (!(rounds >= 1)) throw new SetupError('--rounds takes a number from 1.');
  requireNode();
  await installPackages();
  await build();
  const machine = `\nNode ${process.versions.node}, ${cpus().length} processors, medians of ${rounds} rounds\n`;
  if (positionals.includes('store')) {
    console.log(machine);
    const { measureStore } = await import('./store.mjs');
    await measureStore(Number(values.runs), rounds, time, tell);
  }
  if (!wanted('kernels') && !wanted('runs')) return;
  const peers = await installPeers();
  console.log(machine);
  if (wanted('kernels')) await compareKernels(peers, rounds);
  if (wanted('runs')) await compareRuns(peers, rounds);
});

async function compareKernels(peers, rounds) {
  const kernels = { tagflow: [], tslab: [], ipykernel: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(kernels)) kernels[name].push(await measureKernel(name, peers));
  }
  const { tagflow, tslab, ipykernel } = kernels;
  const of = (samples, pick) => median(samples.map(pick));
  const ready = (sample) => sample.ready;
  const first = (sample) => sample.first;
  const cell = (sample) => median(sample.cells);
  const growth = (sample) => median(sample.cells.slice(-50)) / median(sample.cells.slice(0, 50));
  const completion = (sample) => median(sample.completion);
  compare('start to ready', 'tslab', of(tagflow, ready), of(tslab, ready));
  compare('start to ready', 'ipykernel', of(tagflow, ready), of(ipykernel, ready));
  compare('start to first typed cell', 'tslab', of(tagflow, first), of(tslab, first));
  compare(`${cells.length} typed cells, median`, 'tslab', of(tagflow, cell), of(tslab, cell));
  compare('completion', 'tslab', of(tagflow, completion), of(tslab, completion));
  const members = completions.reduce((sum, { members }) => sum + members.length, 0);
  for (const [name, samples] of [
    ['tagflow', tagflow],
    ['tslab', tslab],
  ]) {
    const lost = samples.reduce((sum, sample) => sum + sample.lost, 0);
    const offered = Math.min(...samples.map((sample) => sample.members));
    const errors = samples.flatMap((sample) => sample.errors);
    console.log(
      `${name}: last 50 cells over first 50 ${of(samples, growth).toFixed(2)}, ${offered} of ${members} members offered,`,
      `${lost} completions lost, ${errors.length} cells failed${errors.length ? `: ${errors[0].slice(0, 200)}` : ''}`,
    );
  }
}

async function measureKernel(name, { python, jupyterPath, directory }) {
  // ipykernel speaks Python: only its start is compared.
  const work =
    name === 'ipykernel'
      ? { first: '1 + 1', cells: [], completions: [] }
      : { first: firstCell, cells, completions };
  const script = join(import.meta.dirname, 'kernel.py');
  const options = { cwd: directory, env: { ...process.env, JUPYTER_PATH: jupyterPath } };
  const { output } = await time(python, [script, name], options, JSON.stringify(work));
  return JSON.parse(output);
}

async function compareRuns({ python }, rounds) {
  const parent = join(root, 'test', 'output', 'bench', 'runs');
  const seconds = { ours: { [FEW]: [], [MANY]: [] }, metaflow: { [FEW]: [], [MANY]: [] } };
  for (let round = 0; round < rounds; round++) {
    for (const count of [FEW, MANY]) {
      const project = newProject(parent);
      const tagflow = [join(root, 'kernel', 'lib', 'main.js'), 'run', writeNotebook(project, count)];
      seconds.ours[count].push((await time(process.execPath, tagflow, { cwd: project })).seconds);
      const flow = writeFlow(project, count);
      const env = { ...process.env, METAFLOW_HOME: project, METAFLOW_USER: 'bench', USERNAME: 'bench' };
      const options = { cwd: project, env: { ...env, METAFLOW_DATASTORE_SYSROOT_LOCAL: project } };
      seconds.metaflow[count].push((await time(python, [flow, 'run'], options)).seconds);
      rmSync(project, { recursive: true, force: true });
    }
  }
  const slope = (who) => (median(seconds[who][MANY]) - median(seconds[who][FEW])) / (MANY - FEW);
  compare(`a run of ${MANY} steps`, 'Metaflow', median(seconds.ours[MANY]), median(seconds.metaflow[MANY]));
  compare('one step more', 'Metaflow', slope('ours'), slope('metaflow'));
}

/** Runs a command to its end: its standard output, and how long it took. */
async function time(program, args, options, input = '') {
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
  return { output, seconds: (performance.now() - started) / 1000 };
}

function compare(what, peer, ours, theirs) {
  const ms = (seconds) => `${(seconds * 1000).toFixed(seconds < 0.1 ? 1 : 0)} ms`;
  const figures = `${ms(ours)} against ${ms(theirs)} (${peer})`;
  console.log(`${what.padEnd(28)} ${(ours / theirs).toFixed(2)}x   ${figures}`);
}

function tell(what, seconds) {
  const ms = (each) => `${(each * 1000).toFixed(0)} ms`;
  console.log(`${what.padEnd(28)} ${ms(median(seconds))}  (${seconds.map(ms).join(', ')})`);
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
