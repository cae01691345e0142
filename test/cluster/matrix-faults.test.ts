/** The matrix of forms of graphs and of what goes wrong, on a real cluster: the same records as here, and going on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderStore } from '../../kernel/lib/store/file.js';
import { FAULTS, SECRET, toldOf } from '../matrix/faults.ts';
import { PROCESSES, setVariable, storyOf, valuesOf } from '../matrix/place.ts';
import { SHAPES, type ShapeName, rowsOf } from '../matrix/shapes.ts';
import { pipelineFrom } from '../pipeline/notebook.ts';
import { apply } from './api.mjs';
import { Project, bed, states } from './cluster.ts';

/** So many forms lie between those of two faults, from the third on: a loop fails, and another is gone on with. */
const STRIDE = 5;
const FIRST = 2;

const CASES = Object.entries(FAULTS).map(([name, fault], i) => {
  const shapes = Object.keys(SHAPES) as ShapeName[];
  return { name, fault, shape: shapes[(FIRST + i * STRIDE) % shapes.length]! };
});

const folder = mkdtempSync(join(tmpdir(), 'tagflow-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Here, and in the Secret that pods have. */
async function setSecret(value: string | undefined): Promise<void> {
  setVariable(SECRET, value);
  const secret = { metadata: { name: 'tagflow-secrets' }, stringData: { [SECRET]: value ?? 'none' } };
  await apply(`/api/v1/namespaces/${bed.namespace}/secrets`, secret);
}

/** So many at once: most of the time a pod is waited for. */
const LANES = 3;
const outcomes = new Map<string, Promise<void>>();

/** Those with a secret come last, one by one: they share it. */
const apart = CASES.filter(({ fault }) => fault.secret);
const together = CASES.filter(({ fault }) => !fault.secret);

beforeAll(() => {
  const lanes = Array.from({ length: LANES }, () => Promise.resolve());
  together.forEach((one, i) => {
    const outcome = lanes[i % LANES]!.then(() => show(one));
    outcomes.set(one.name, outcome);
    lanes[i % LANES] = outcome.catch(() => undefined);
  });
});

test.each([...together, ...apart])('$name: $shape', (one) => outcomes.get(one.name) ?? show(one), 600_000);

async function show({ name, fault, shape }: (typeof CASES)[number]): Promise<void> {
  const { mended = fault.wrong, secret: [wrongSecret, rightSecret] = [undefined, undefined] } = fault;
  const [before, after] = [rowsOf(shape, fault.wrong), rowsOf(shape, mended)];
  const project = new Project(`fault-${Object.keys(FAULTS).indexOf(name)}`);
  project.notebook(before);
  await setSecret(wrongSecret);
  if (fault.refusedBy?.places.includes('pods')) {
    const { code, err } = await project.tagflow(['submit', 'notebook.ipynb']);
    expect([code, err]).toEqual([2, expect.stringMatching(new RegExp(fault.failure![1], 'm'))]);
    return;
  }
  fault.reset?.();
  const store = new FolderStore(join(folder, shape));
  const here = (await PROCESSES.run(before, { store, cache: false })).run!;
  const failed = await project.submit(['--no-cache']);
  expect([failed.code, states(failed)]).toEqual([fault.failure ? 1 : 0, toldOf(shape, fault).steps]);
  const pipeline = pipelineFrom(before);
  expect(storyOf(failed, pipeline, fault.advice)).toEqual(storyOf(here, pipeline, fault.advice));
  if (!fault.failure) return;

  project.notebook(after);
  await setSecret(rightSecret);
  const { values } = await PROCESSES.run(after, { store, cache: false, from: here });
  const { code, out, err } = await project.tagflow(['resume', failed.id, '--json']);
  expect([code, err]).toEqual([0, expect.any(String)]);
  const resumed = JSON.parse(out);
  expect(valuesOf(resumed, pipelineFrom(after))).toEqual(values);
  const stood = failed.steps.filter(({ state }) => state === 'succeeded' || state === 'skipped');
  expect(resumed.steps.filter(({ cached }: any) => cached).map((step: any) => step.name)).toEqual(
    stood.map((step) => step.name),
  );
}
