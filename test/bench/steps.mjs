// The same chain of trivial steps for both: each takes a number and gives the next.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../binder/packages.mjs';
import { compare, median, time } from './measure.mjs';

const FEW = 2;
const MANY = 10;

export async function compareRuns({ python, parent }, rounds) {
  const seconds = { ours: { [FEW]: [], [MANY]: [] }, metaflow: { [FEW]: [], [MANY]: [] } };
  const again = { ours: [], metaflow: [] };
  for (let round = 0; round < rounds; round++) {
    for (const count of [FEW, MANY]) {
      const project = newProject(parent);
      const notebook = writeChain(project, count);
      seconds.ours[count].push(await runNotebook(project, notebook));
      const options = { cwd: project, env: metaflowEnvironment(project) };
      const flow = writeFlow(project, count);
      seconds.metaflow[count].push((await time(python, [flow, 'run'], options)).seconds);
      if (count === MANY) {
        again.ours.push(await runNotebook(project, notebook));
        again.metaflow.push((await time(python, [flow, 'resume'], options)).seconds);
      }
      rmSync(project, { recursive: true, force: true });
    }
  }
  const slope = (who) => (median(seconds[who][MANY]) - median(seconds[who][FEW])) / (MANY - FEW);
  compare(`a run of ${MANY} steps`, 'Metaflow', median(seconds.ours[MANY]), median(seconds.metaflow[MANY]));
  compare('one step more', 'Metaflow', slope('ours'), slope('metaflow'));
  compare('the same once more', 'Metaflow', median(again.ours), median(again.metaflow));
}

/** Runs a notebook as a user does; returns seconds from the start of the command to its end. */
export async function runNotebook(project, notebook) {
  const main = join(root, 'kernel', 'lib', 'main.js');
  return (await time(process.execPath, [main, 'run', notebook], { cwd: project })).seconds;
}

/** With everything of Metaflow's below a folder. */
export function metaflowEnvironment(folder) {
  const env = { ...process.env, METAFLOW_HOME: folder, METAFLOW_USER: 'bench', USERNAME: 'bench' };
  return { ...env, METAFLOW_DATASTORE_SYSROOT_LOCAL: folder };
}

function writeChain(folder, count) {
  const steps = Array.from({ length: count }, (_, i) => [
    `step-${i}`,
    i === 0 ? 'const n0 = 1;' : `const n${i} = n${i - 1} + 1;`,
  ]);
  return writeCells(folder, `steps${count}`, Object.fromEntries(steps));
}

/** Writes a notebook with a cell for each step: name to source, and to settings if it has any. Returns its path. */
export function writeCells(folder, name, steps, settings = {}) {
  const cells = Object.entries(steps).map(([step, source], i, all) => ({
    cell_type: 'code',
    id: step,
    // Nothing consumes what the last one makes: it is cached where it says so.
    metadata: {
      tags: [`step:${step}`],
      tagflow: { ...(i === all.length - 1 && { cache: true }), ...settings[step] },
    },
    execution_count: null,
    outputs: [],
    source,
  }));
  const kernelspec = { name: 'tagflow', display_name: 'Tagflow', language: 'typescript' };
  const file = join(folder, `${name}.ipynb`);
  writeFileSync(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells }));
  return file;
}

/** Writes a Metaflow flow of `count` steps; returns its path. */
export function writeFlow(folder, count) {
  const names = ['start', ...Array.from({ length: count - 2 }, (_, i) => `middle${i}`), 'end'];
  const steps = names.map((name, i) => {
    const value = i === 0 ? '1' : 'self.n + 1';
    const next = names[i + 1] ? `\n        self.next(self.${names[i + 1]})` : '';
    return `    @step\n    def ${name}(self):\n        self.n = ${value}${next}\n`;
  });
  const main = `if __name__ == "__main__":\n    Steps${count}()\n`;
  const file = join(folder, `steps${count}.py`);
  const text = `from metaflow import FlowSpec, step\n\n\nclass Steps${count}(FlowSpec):\n${steps.join('\n')}\n\n${main}`;
  writeFileSync(file, text);
  return file;
}

/** An empty folder that is a project of its own, so that every run starts with an empty store. */
export function newProject(parent) {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'project-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  return folder;
}
