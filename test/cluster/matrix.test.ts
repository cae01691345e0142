/** The matrix of forms of graphs and of what steps do, on a real cluster: the same values as in a notebook. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '@tagflow/schema';
import { FolderStore } from '../../kernel/lib/store/file.js';
import { readRun } from '../../kernel/lib/store/records.js';
import { BEHAVIOURS, SECRET } from '../matrix/behaviours.ts';
import { HERE, NOTEBOOK, setVariable, storyOf, valuesOf } from '../matrix/place.ts';
import { SHAPES, type ShapeName, rowsOf } from '../matrix/shapes.ts';
import { pipelineFrom } from '../pipeline/notebook.ts';
import { Project, until } from './cluster.ts';

/** So many behaviours lie between those of two forms, so that each form has another kind of value. */
const STRIDE = 2;

const CASES = Object.keys(SHAPES).map((shape, i) => {
  const names = Object.keys(BEHAVIOURS);
  // What is left out of a form somewhere is left out here.
  const name = names.slice((i * STRIDE) % names.length).find((each) => !BEHAVIOURS[each]!.leftOut)!;
  const behaviour = BEHAVIOURS[name]!;
  const rows = rowsOf(shape as ShapeName, behaviour);
  return { name: `${shape}, ${name}`, rows, parameters: behaviour.parameters };
});

test('every form of graph, each with other values', async () => {
  for (const [name, value] of Object.entries(SECRET)) setVariable(name, value);
  const project = new Project('matrix');
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-matrix-'));
  const submitted: { id: string; index: number }[] = [];
  for (const [index, { rows, parameters = {} }] of CASES.entries()) {
    project.notebook(rows, {}, `n${index}.ipynb`);
    const given = Object.entries(parameters).flatMap(([name, value]) => [
      '--param',
      `${name}=${JSON.stringify(value)}`,
    ]);
    submitted.push({ id: (await project.json('submit', `n${index}.ipynb`, ...given)).run, index });
  }
  for (const { id, index } of submitted) {
    const { name, rows, parameters } = CASES[index]!;
    const ended = async (): Promise<Run | undefined> => {
      const run = await readRun(project.store, id);
      return run.ended === undefined ? undefined : run;
    };
    const run = await until(`${name} ends`, ended, 400);
    expect([name, run.state, failuresOf(run)]).toEqual([name, 'succeeded', []]);
    const pipeline = pipelineFrom(rows);
    const store = new FolderStore(join(folder, String(index)));
    const here = await HERE.run(rows, { store, parameters });
    expect([name, valuesOf(run, pipeline)]).toEqual([name, here.values]);
    expect([name, valuesOf(run, pipeline)]).toEqual([
      name,
      (await NOTEBOOK.run(rows, { store, parameters })).values,
    ]);
    expect(storyOf(run, pipeline)).toEqual(storyOf(here.run!, pipeline));
  }
  rmSync(folder, { recursive: true, force: true });
}, 900_000);

const failuresOf = ({ steps }: Run): string[] =>
  steps.flatMap(({ failure }) => (failure ? [failure.message] : []));
