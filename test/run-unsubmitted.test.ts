/** Runs that a schedule or kubectl begins: every pod finds the same start. */
import { validateRunStart } from '../schema/lib/index.js';
import { begunWorkflow, type KnownStart, unsubmittedStart } from '../kernel/lib/run/pod/unsubmitted.js';
import { isRunId, runIdOfWorkflow, timeOfRun } from '../kernel/lib/store/run-id.js';
import { pipelineFrom } from './pipeline/notebook.ts';

const UID = '5d0ae5a8-0b0c-4b0a-8f5e-0a5f3f6f1a11';
const KNOWN: KnownStart = {
  format: 1,
  pipeline: 'notebook',
  document: 'a'.repeat(64),
  placement: 'b'.repeat(64),
  notebook: 'notebook.ipynb',
  versions: { tagflow: '0.1.0', node: '22.0.0', codec: 1 },
};
const pipeline = pipelineFrom([
  ['parameters', 'const trees = 10; const label = "x"'],
  ['step:a', 'const t = [trees, label]'],
]);
/** As Argo fills in the variables of a pod. */
const pod = (parameters?: string) =>
  begunWorkflow({
    TAGFLOW_RUN: '',
    TAGFLOW_WORKFLOW: 'notebook-1795700100',
    TAGFLOW_NAMESPACE: 'team',
    TAGFLOW_UID: UID,
    TAGFLOW_CREATED: '2026-01-31T15:25:01+01:00',
    TAGFLOW_PARAMETERS: parameters,
  });

test('an id and a start that follow from the Workflow', () => {
  const start = unsubmittedStart(KNOWN, pipeline, pod('{"trees":200}'));
  expect([validateRunStart(start), validateRunStart.errors]).toEqual([true, null]);
  expect(start).toMatchObject({
    created: '2026-01-31T14:25:01.000Z',
    parameters: { trees: 200, label: 'x' },
    trigger: 'schedule',
    cluster: { namespace: 'team', workflow: 'notebook-1795700100', placement: KNOWN.placement },
  });
  expect([isRunId(start.id), timeOfRun(start.id)]).toEqual([true, Date.parse(start.created)]);
  expect(unsubmittedStart(KNOWN, pipeline, pod('{"trees":200}'))).toEqual(start);
  expect(runIdOfWorkflow('another', new Date(start.created))).not.toBe(start.id);
});

test.each([
  [undefined, { trees: 10, label: 'x' }],
  ['', { trees: 10, label: 'x' }],
  ['{"label":"{{y}}"}', { trees: 10, label: '{{y}}' }],
])('parameters %j', (text, expected) => {
  expect(unsubmittedStart(KNOWN, pipeline, pod(text)).parameters).toEqual(expected);
});

test.each([
  ['trees=200', /no JSON object/],
  ['[1]', /no JSON object/],
  ['null', /no JSON object/],
  ['{"trees":"many"}', /trees/],
  ['{"leaves":1}', /There is no parameter leaves/],
])('refused: parameters %j', (text, said) => {
  expect(() => unsubmittedStart(KNOWN, pipeline, pod(text))).toThrow(said);
});
