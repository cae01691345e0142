/** Names of past runs, where somebody writes code that reads them: the place, what could stand there, and the store. */
import { createServer, type ServerResponse } from 'node:http';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, afterEach, describe, expect, test } from '@jest/globals';
import type { Artifact, Run, RunStart, StepRun } from '@tagflow/schema';
import { PastRuns } from '../kernel/lib/jupyter/past-runs.js';
import { pastItems, pastText } from '../kernel/lib/jupyter/past-text.js';
import type { PastName } from '../kernel/lib/language/messages.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { writeRunEnd, writeRunStart } from '../kernel/lib/store/journal.js';
import { newRunId } from '../kernel/lib/store/run-id.js';
import { Notebook } from './language/notebook.ts';

const CELLS = [
  `import { runs } from 'tagflow'; const run = await runs.latest('tour', { state: 'succeeded' }); const NAME = 'fit';
   const [first] = await runs.list({ pipeline: NAME, state: 'failed' }); let open = await runs.latest('tour');`,
  `const train = run.step('train'); const again = train; const here = await runs.get('2026');
   const fake = { latest: (name: string) => name, step: (name: string) => ({ artifact: (own: string) => name + own }) }; class Model {}`,
];

describe('the place', () => {
  let notebook: Notebook;
  beforeAll(async () => {
    notebook = new Notebook();
    for (const [i, source] of CELLS.entries()) {
      // Without running it: there is no store.
      const cell = notebook.session.compile(String(i), source);
      expect(cell.diagnostics).toEqual([]);
      notebook.session.commit(cell);
    }
  });

  /** The bar stands for the cursor; what is replaced is said last. */
  const tour = { pipeline: 'tour', state: 'succeeded' };
  test.each<[marked: string, past: PastName | undefined, replaced?: string]>([
    ["runs.latest('|')", { kind: 'pipeline', text: '' }],
    ['runs.latest("to|ur")', { kind: 'pipeline', text: 'tour' }, 'tour'],
    ['runs.latest(`|`)', { kind: 'pipeline', text: '' }],
    ['runs.latest(|)', { kind: 'pipeline' }],
    ['runs.latest(|', { kind: 'pipeline' }],
    ["runs.latest('to|", { kind: 'pipeline', text: 'to', missing: "'" }, 'to'],
    ["runs.latest('|)", { kind: 'pipeline', text: '', missing: "'" }],
    ["runs.latest('t|o, { state: 'failed' })", { kind: 'pipeline', text: 'to', missing: "'" }, 'to'],
    ['runs.latest("|', { kind: 'pipeline', text: '', missing: '"' }],
    ["runs.latest('|'", { kind: 'pipeline', text: '' }],
    ["runs.latest('tour'|)", undefined],
    ["runs.latest('tour', '|')", undefined],
    ["runs.list({ limit: 3, pipeline: '|' })", { kind: 'pipeline', text: '' }],
    ["runs.list({ commit: '|' })", undefined],
    ["runs.get('2026-|')", { kind: 'run', text: '2026-' }, '2026-'],
    ["run.step('|')", { kind: 'step', text: '', ...tour }],
    ["again.artifact('mo|')", { kind: 'artifact', text: 'mo', step: 'train', ...tour }, 'mo'],
    ["run.step('a').artifact(|)", { kind: 'artifact', step: 'a', ...tour }],
    ["run.steps[0]!.artifact('|')", { kind: 'artifact', text: '', ...tour }],
    ["train.artifact<|>('model')", { kind: 'type', step: 'train', artifact: 'model', ...tour }],
    ["train.artifact<Mo|>('model')", { kind: 'type', step: 'train', artifact: 'model', ...tour }, 'Mo'],
    ['train.artifact<|>', { kind: 'type', step: 'train', ...tour }],
    ['train.artifact<Mo|', { kind: 'rest', step: 'train', ...tour }, 'Mo'],
    ['const m = await train.artifact<|\nm', { kind: 'rest', step: 'train', ...tour }],
    ['train.art|', { kind: 'call', step: 'train', ...tour }, 'art'],
    ['train.|', { kind: 'call', step: 'train', ...tour }],
    ["train.art|('model')", undefined],
    ['train.logs|', undefined],
    ["here.step('b').artifact('|')", { kind: 'artifact', text: '', run: '2026', step: 'b' }],
    ["first!.step('|')", { kind: 'step', text: '', pipeline: 'fit', state: 'failed' }],
    ["(await runs.latest(NAME)).step('|')", { kind: 'step', text: '', pipeline: 'fit' }],
    [
      "(await runs.list({ pipeline: 'p' })).map((r) => r.step('|'))",
      { kind: 'step', text: '', pipeline: 'p' },
    ],
    [
      "for (const r of await runs.list({ pipeline: 'p' })) r.step('|')",
      { kind: 'step', text: '', pipeline: 'p' },
    ],
    [
      "{ const run = await runs.latest('inner'); run.step('|') }",
      { kind: 'step', text: '', pipeline: 'inner' },
    ],
    // What cannot be known is left out: names of all pipelines are offered.
    ["open.step('|')", { kind: 'step', text: '' }],
    ["function of(r: typeof run) { r.step('|') }", { kind: 'step', text: '' }],
    ["const a: typeof run = b, b: typeof run = a; a.step('|')", { kind: 'step', text: '' }],
    // Only Tagflow's own.
    ["fake.latest('|')", undefined],
    ["fake.step('|')", undefined],
    ["fake.step('a').artifact('|')", undefined],
    ["{ const runs = fake; runs.latest('|') }", undefined],
    ["nowhere.step('|')", undefined],
  ])('%s', (marked, past, replaced = '') => {
    const source = marked.replace('|', '');
    const found = notebook.session.complete(source, marked.indexOf('|'));
    const { types, ...rest } = found.past ?? {};
    expect(found.past && rest).toEqual(past);
    const isOfType = past !== undefined && ['type', 'call', 'rest'].includes(past.kind);
    expect(types?.includes('Model') ?? false).toBe(isOfType);
    if (past) expect(source.slice(found.start, found.end)).toBe(replaced);
  });

  test.each<[marked: string, past: Partial<PastName> | undefined]>([
    ["run.step('tr|ain')", { kind: 'step', text: 'train' }],
    ["run.step('train')|", { kind: 'step', text: 'train' }],
    ["run.step('train|", { kind: 'step', text: 'train' }],
    ["run.step|('train')", undefined],
    ["fake.step('tr|ain')", undefined],
  ])('inspection of %s', (marked, past) => {
    const found = notebook.session.inspect(marked.replace('|', ''), marked.indexOf('|'));
    expect(found.past).toEqual(past && expect.objectContaining(past));
  });
});

const artifact = (name: string, type: string): Artifact => ({
  name,
  variable: `cell/${name}`,
  digest: '0'.repeat(64),
  size: 1234,
  type,
  preview: { text: `a ${name}` },
});

const step = (name: string, outputs: Artifact[]): StepRun => ({
  name,
  state: 'succeeded',
  attempts: 1,
  outputs,
  notKept: [],
});

const made = (created: string, pipeline: string, steps: StepRun[]): Run => ({
  id: newRunId(new Date(created)),
  pipeline,
  document: '0'.repeat(64),
  state: 'succeeded',
  created,
  parameters: { trees: 200 },
  trigger: 'command',
  user: 'u',
  steps,
});

const MODEL = '/* class Model */ { size: number }';
const NODE = 'type Node = { next: Node | null }; Node';
const RUNS = [
  made('2026-02-01T10:00:00.000Z', 'tour', [
    step('load', [artifact('rows', '{ id: number }[]')]),
    step('train', [
      artifact('model', MODEL),
      artifact('list', NODE),
      artifact('long', `{ ${'x'.repeat(400)} }`),
    ]),
  ]),
  made('2026-01-31T09:30:00.500Z', 'other', []),
  made('2026-01-30T10:00:00.000Z', 'tour', [step('train', [artifact('model', 'number')]), step('old', [])]),
];

test.each<[PastName, items: [text: string, type: string][]]>([
  [
    { kind: 'pipeline', text: '' },
    [
      ['tour', 'succeeded 2026-02-01 10:00:00'],
      ['other', 'succeeded 2026-01-31 09:30:00'],
    ],
  ],
  [
    { kind: 'pipeline' },
    [
      ["'tour'", 'succeeded 2026-02-01 10:00:00'],
      ["'other'", 'succeeded 2026-01-31 09:30:00'],
    ],
  ],
  [
    { kind: 'run', text: '' },
    [
      [RUNS[0]!.id, 'succeeded 2026-02-01 10:00:00 tour'],
      [RUNS[1]!.id, 'succeeded 2026-01-31 09:30:00 other'],
      [RUNS[2]!.id, 'succeeded 2026-01-30 10:00:00 tour'],
    ],
  ],
  [
    { kind: 'step', text: '' },
    [
      ['load', 'succeeded'],
      ['train', 'succeeded'],
      ['old', 'succeeded'],
    ],
  ],
  [
    { kind: 'artifact', text: '', step: 'train' },
    [
      ['model', 'Model'],
      ['list', 'Node'],
      ['long', `{ ${'x'.repeat(57)}…`],
    ],
  ],
  [{ kind: 'artifact', step: 'load' }, [["'rows'", '{ id: number }[]']]],
  [
    { kind: 'type', step: 'train', artifact: 'model', types: ['Model'] },
    [
      ['Model', 'model'],
      ['number', 'model'],
    ],
  ],
  [
    { kind: 'type', step: 'train' },
    [
      [MODEL, 'model'],
      ['number', 'model'],
    ],
  ],
  [
    { kind: 'call', types: ['Model', 'Node'] },
    [
      ["artifact<{ id: number }[]>('rows')", 'method'],
      ["artifact<Model>('model')", 'method'],
      ["artifact<Node>('list')", 'method'],
      ["artifact<number>('model')", 'method'],
    ],
  ],
  [
    { kind: 'rest', step: 'train', types: ['Node'] },
    [
      [`${MODEL}>('model')`, 'method'],
      ["Node>('list')", 'method'],
      ["number>('model')", 'method'],
    ],
  ],
  [
    { kind: 'step', text: 'l', missing: '"' },
    [
      ['load"', 'succeeded'],
      ['train"', 'succeeded'],
      ['old"', 'succeeded'],
    ],
  ],
  [{ kind: 'artifact', step: 'none' }, []],
])('what could stand there: %j', (past, items) => {
  expect(pastItems(past, RUNS).map(({ text, type }) => [text, type.replaceAll('\u00a0', ' ')])).toEqual(
    items,
  );
});

test.each<[PastName, string | undefined]>([
  [
    { kind: 'artifact', text: 'model', step: 'train' },
    `model: Model\n\nArtifact of step train in run ${RUNS[0]!.id} of tour, succeeded 2026-02-01 10:00:00. 1.2 kB.\n\na model`,
  ],
  [{ kind: 'artifact', text: 'none' }, undefined],
  [
    { kind: 'step', text: 'load' },
    `load\n\nStep of run ${RUNS[0]!.id} of tour: succeeded.\n\nrows: { id: number }[]`,
  ],
  [
    { kind: 'pipeline', text: 'tour' },
    `${RUNS[0]!.id}\n\nRun of tour, succeeded 2026-02-01 10:00:00.\n\ntrees = 200\nload: succeeded\ntrain: succeeded`,
  ],
])('what is known of %j', (past, text) => {
  expect(pastText(past, RUNS)?.text).toBe(text);
});

describe('the store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-past-names-'));
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const names = async (past: PastName, typed = '') => {
    const items = await new PastRuns(folder).complete({ text: '', ...past }, typed);
    return items.map(({ text }) => text);
  };

  test('is asked for runs that fit, newest first', async () => {
    const store = new FolderStore(join(folder, '.tagflow'));
    for (const { id, pipeline, document, created, parameters, user, steps } of RUNS) {
      const versions = { tagflow: '0.1.0', node: 'v20.19.0', codec: 1 };
      const start: RunStart = {
        format: 1,
        id,
        pipeline,
        document,
        created,
        parameters,
        trigger: 'command',
        user,
        versions,
      };
      await writeRunStart(store, start);
      await writeRunEnd(store, { format: 1, id, state: 'succeeded', ended: created, start, steps });
    }
    expect(await names({ kind: 'pipeline' })).toEqual(['tour', 'other']);
    expect(await names({ kind: 'pipeline' }, 'O')).toEqual(['other']);
    expect(await names({ kind: 'run' }, '202601')).toEqual([RUNS[1]!.id, RUNS[2]!.id]);
    expect(await names({ kind: 'step', pipeline: 'other' })).toEqual([]);
    expect(await names({ kind: 'step', pipeline: 'tour', state: 'failed' })).toEqual([]);
    expect(await names({ kind: 'step', run: '20260130' })).toEqual(['train', 'old']);
    expect(await names({ kind: 'step', run: '2026' })).toEqual([]);
    const past = new PastRuns(folder);
    const known = await past.inspect({ kind: 'pipeline', text: 'other' });
    expect(known?.markdown).toBe(
      `    ${RUNS[1]!.id}\n\nRun of other, succeeded 2026-01-31 09:30:00.\n\n    trees = 200`,
    );
    expect(await past.inspect({ kind: 'run', text: 'none' })).toBeUndefined();
  });

  test('that does not exist has nothing, and is not made', async () => {
    expect(await names({ kind: 'pipeline' })).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  test('that does not answer is not waited for', async () => {
    const waiting: ServerResponse[] = [];
    const server = createServer((_, response) => void waiting.push(response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const former = { ...process.env };
    Object.assign(process.env, {
      TAGFLOW_STORE: 's3://bucket/runs',
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_REGION: 'us-east-1',
    });
    try {
      const began = Date.now();
      expect(await names({ kind: 'pipeline' })).toEqual([]);
      expect(Date.now() - began).toBeLessThan(5_000);
      expect(waiting).toHaveLength(1);
    } finally {
      process.env = former;
      for (const response of waiting) response.writeHead(403).end();
      server.close();
    }
  });
});
