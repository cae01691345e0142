// A few hundred runs listed with their states, as programs do it: our library, and Metaflow's client.
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, median, time } from './measure.mjs';
import { metaflowEnvironment, newProject, writeFlow } from './steps.mjs';
import { makeRuns } from './store.mjs';

const RUNS = 200;

export async function compareListings({ python, parent }, rounds) {
  const project = newProject(parent);
  try {
    const options = { cwd: project, env: metaflowEnvironment(project) };
    makeRuns(join(project, '.tagflow'), RUNS);
    await time(python, [writeFlow(project, 2), 'run'], options);
    copyRun(join(project, '.metaflow', 'Steps2'), RUNS);
    const seconds = { ours: [], metaflow: [] };
    for (let round = 0; round < rounds; round++) {
      seconds.ours.push(await measure(process.execPath, 'listed.mjs', options));
      seconds.metaflow.push(await measure(python, 'listed.py', options));
    }
    compare(`${RUNS} runs with states`, 'Metaflow', median(seconds.ours), median(seconds.metaflow));
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

async function measure(program, script, options) {
  const { output } = await time(program, [join(import.meta.dirname, script)], options);
  const { runs, seconds } = JSON.parse(output.trim().split('\n').at(-1));
  if (runs !== RUNS) throw new Error(`${script} lists ${runs} runs.`);
  return seconds;
}

/** Makes a flow's one run so many, each under an id of its own. */
function copyRun(flow, count) {
  const id = readdirSync(flow).find((name) => /^\d+$/.test(name));
  for (let i = 1; i < count; i++) {
    const copy = String(BigInt(id) + BigInt(i) * 1_000_000n);
    cpSync(join(flow, id), join(flow, copy), { recursive: true });
    for (const name of readdirSync(join(flow, copy), { recursive: true })) {
      if (!name.endsWith('.json')) continue;
      const path = join(flow, copy, name);
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(id, copy));
    }
  }
}
