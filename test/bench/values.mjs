// A step's values saved and loaded, by the datastores of both: values-saved.mjs and values-saved.py, each in a process of its own.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compare, median, time } from './measure.mjs';
import { metaflowEnvironment, newProject } from './steps.mjs';

const VALUES = {
  array: '100 MB of floats',
  objects: '100,000 small objects of a class',
  records: '100,000 small objects of no class',
};
const ACTIONS = {
  save: 'saved',
  load: 'loaded',
  both: 'saved and loaded',
  again: 'saved again',
};

export async function compareValues({ python, parent }, rounds) {
  const samples = { ours: [], metaflow: [] };
  for (let round = 0; round < rounds; round++) {
    samples.ours.push(await measure(process.execPath, 'values-saved.mjs', parent));
    samples.metaflow.push(await measure(python, 'values-saved.py', parent));
  }
  const of = (who, value, action) => median(samples[who].map((sample) => sample[value][action]));
  for (const [value, name] of Object.entries(VALUES)) {
    for (const [action, done] of Object.entries(ACTIONS))
      compare(`${name} ${done}`, 'Metaflow', of('ours', value, action), of('metaflow', value, action));
  }
}

/** Seconds, by value and action. */
async function measure(program, script, parent) {
  const project = newProject(parent);
  try {
    const options = { cwd: project, env: metaflowEnvironment(project) };
    const { output } = await time(program, [join(import.meta.dirname, script)], options);
    const seconds = JSON.parse(output.trim().split('\n').at(-1));
    for (const each of Object.values(seconds)) each.both = each.save + each.load;
    return seconds;
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}
