// Kernels, by one client: how soon each is ready, and how quick its cells and completions are.
import { join } from 'node:path';
import { cells, completions, firstCell } from './cells.mjs';
import { compare, median, time } from './measure.mjs';

export async function compareKernels(peers, rounds) {
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
