/** Pipelines as Argo's documents: goldens, what must hold of any, names, limits, and what a cluster would refuse. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CellSettings, ClusterSettings, Deployment, Pipeline } from '@tagflow/schema';
import { checkArgo } from '../kernel/lib/export/argo-check.js';
import { mostChunks, MOST_NODES, nodesOf } from '../kernel/lib/export/argo-limits.js';
import { rbacOf } from '../kernel/lib/export/argo-rbac.js';
import { submittedWorkflow } from '../kernel/lib/export/argo-run.js';
import {
  dnsLabel,
  generatedName,
  scheduleName,
  templateName,
  workflowName,
} from '../kernel/lib/export/names.js';
import { earlySplits } from '../kernel/lib/export/early-split.js';
import { yamlOf } from '../kernel/lib/export/yaml.js';
import { settingsOf } from '../kernel/lib/pipeline/cells.js';
import { brokenReferences, DIGEST, documentsOf, imagesOf, validate } from './export/documents.ts';
import { pipelineFrom, pipelineOfText, type Row } from './pipeline/notebook.ts';

const NOTEBOOKS = fileURLToPath(new URL('notebooks/', import.meta.url));
const GOLDEN = fileURLToPath(new URL('golden/', import.meta.url));
const DEPLOYMENT: Deployment = {
  namespace: 'notebooks',
  store: {
    url: 's3://bucket/runs',
    endpoint: 'https://localhost:9000',
    clusterEndpoint: 'https://store.storage.svc:9000',
    region: 'eu-central-1',
    secret: 'bucket-login',
    caConfigMap: 'bucket-ca',
  },
  secrets: 'team-secrets',
  platform: 'linux/arm64',
};

describe('notebooks and their documents', () => {
  const names = readdirSync(NOTEBOOKS).filter((file) => file.endsWith('.ipynb'));
  test.each(names)('%s', (file) => {
    const text = readFileSync(NOTEBOOKS + file, 'utf8');
    const pipeline = pipelineOfText(text, file);
    const { cluster } = settingsOf(text);
    // The one with every setting has every setting of a project too.
    const options = cluster
      ? { cluster, deployment: DEPLOYMENT, branch: 'Feature/größer', start: DIGEST }
      : {};
    const documents = documentsOf(pipeline, options);
    validate(documents);
    expect(brokenReferences(documents)).toEqual([]);
    const yaml = yamlOf(Object.values(documents));
    expect(yamlOf(Object.values(documentsOf(structuredClone(pipeline), structuredClone(options))))).toBe(
      yaml,
    );
    const golden = `${GOLDEN}${file.replace('.ipynb', '')}/argo.yaml`;
    if (process.env.UPDATE) writeFileSync(golden, yaml);
    expect(existsSync(golden) ? readFileSync(golden, 'utf8') : 'missing: run with UPDATE=1').toBe(yaml);
  });

  test('the rights of pods, and of those who submit', () => {
    const yaml = yamlOf(rbacOf({ serviceAccount: 'trainer' }, { namespace: 'notebooks' }));
    const golden = `${GOLDEN}rbac.yaml`;
    if (process.env.UPDATE) writeFileSync(golden, yaml);
    expect(readFileSync(golden, 'utf8')).toBe(yaml);
  });
});

const LOOP: Row = ['none', 'import { foreach } from "tagflow"'];

const LOAD: Row = ['step:load', 'const xs = [1, 2].map((x) => x)'];
const FIT = 'const ys = await foreach(xs, (x) => x)';
const END: Row = ['step:end', 'const z = ys.length'];

test.each<[how: string, rows: Row[], splits: [string, string][]]>([
  [
    'with settings of its items alone',
    [LOAD, ['step:fit', FIT, { batch: 5, retries: 2 }], END],
    [['load', 'fit']],
  ],
  ['that is first', [['step:fit', 'const ys = await foreach([1].map((x) => x), (x) => x)'], END], []],
  ['with pods of another size', [LOAD, ['step:fit', FIT, { memory: '1Gi' }], END], []],
  ['with other secrets', [LOAD, ['step:fit', FIT, { secrets: ['TOKEN'] }], END], []],
  ['with a limit of time', [LOAD, ['step:fit', FIT, { timeout: '1h' }], END], []],
  [
    'beside others that wait for the same',
    [LOAD, ['step:fit', FIT], ['step:other', 'const n = xs.length']],
    [],
  ],
  [
    'that waits for others too',
    [LOAD, ['step:more', 'const k = Math.abs(2)'], ['step:fit', FIT.replace('=> x', '=> x * k')]],
    [],
  ],
  [
    'after a loop',
    [LOAD, ['step:fit', FIT], ['step:again', 'const zs = await foreach(ys, (y) => y)']],
    [['load', 'fit']],
  ],
  [
    'after a condition',
    [
      ['step:begin', 'let xs = [1].map((x) => x)'],
      ['step:load', 'if (xs.length > 5) { xs = [2] }'],
      ['step:fit', FIT],
    ],
    [],
  ],
])('a loop %s: whose pod divides its items', (_, rows, splits) => {
  const pipeline = pipelineFrom([LOOP, ...rows]);
  const early = earlySplits(pipeline, imagesOf(pipeline), {});
  const found = pipeline.steps.flatMap(({ name }) => {
    const { next } = early(name);
    if (next !== undefined) expect(early(next).before).toBe(name);
    return next === undefined ? [] : [[name, next]];
  });
  expect(found).toEqual(splits);
  const documents = documentsOf(pipeline);
  validate(documents);
  expect(brokenReferences(documents)).toEqual([]);
});

test('the pod of a step that divides the items of the next', () => {
  const { template } = documentsOf(pipelineFrom([LOOP, LOAD, ['step:fit', FIT], END]));
  const { templates = [] } = template.spec;
  const named = (name: string) => templates.find((each) => each.name === name)!;
  expect(named('run--steps').dag!.tasks).toEqual([
    {
      name: 'load',
      template: 'load',
      when: "'{{workflow.parameters.done-load}}' != 'true' || '{{workflow.parameters.done-fit}}' != 'true'",
    },
    {
      name: 'fit',
      template: 'fit',
      depends: 'load.Succeeded',
      arguments: { parameters: [{ name: 'chunks', value: '{{tasks.load.outputs.parameters.chunks}}' }] },
      when: "'{{workflow.parameters.done-fit}}' != 'true'",
    },
    {
      name: 'end',
      template: 'end',
      // Left out because `load` was skipped, `fit` has its results all the same.
      depends: 'fit.Succeeded || fit.Skipped || load.Skipped',
      when: "'{{workflow.parameters.done-end}}' != 'true'",
    },
  ]);
  expect(named('load').container!.command!.slice(2)).toEqual(['program', 'load', '0', 'fit']);
  expect(named('fit').inputs).toEqual({ parameters: [{ name: 'chunks' }] });
  expect(named('fit').dag!.tasks[0]).toMatchObject({
    name: 'body-1',
    withParam: '{{inputs.parameters.chunks}}',
  });
  expect(templates.map(({ name }) => name)).not.toContain('fit--split-0');
});

test('a run that is submitted refers to the template, and gives parameters', () => {
  const pipeline = pipelineFrom([
    ['step:a', 'const t = Math.abs(1)'],
    ['step:b', 'const u = t + 1'],
  ]);
  const { template } = documentsOf(pipeline);
  expect(
    submittedWorkflow(template, pipeline.name, { run: '20260131-142501-037k2m9x', done: ['a'] }),
  ).toEqual({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: {
      name: 'notebook-20260131-142501-037k2m9x',
      labels: { ...template.metadata.labels, 'tagflow.dev/run': '20260131-142501-037k2m9x' },
    },
    spec: {
      workflowTemplateRef: { name: template.metadata.name },
      arguments: {
        parameters: [
          { name: 'run', value: '20260131-142501-037k2m9x' },
          { name: 'done-a', value: 'true' },
        ],
      },
    },
  });
});

test('what a template is made from is in its name, and nothing else', () => {
  const cells: Row[] = [['step:a', 'const t = Math.abs(1)', { cpu: '1' }]];
  const name = (rows: Row[], options = {}) => documentsOf(pipelineFrom(rows), options).template.metadata.name;
  const first = name(cells);
  expect(
    name([
      ['none', '// a remark'],
      ['step:a', 'const t = Math.abs(2)', { cpu: '1' }],
    ]),
  ).toBe(first);
  expect(name(cells, { start: DIGEST })).toBe(first);
  const others = [
    name([['step:a', 'const t = Math.abs(1)', { cpu: '2' }]]),
    name(cells, { images: { a: 'another' } }),
    name(cells, { branch: 'main' }),
    name(cells, { cluster: { parallelism: 3 } }),
    name(cells, { deployment: { store: { url: 's3://bucket/others' } } }),
  ];
  expect(new Set([first, ...others]).size).toBe(6);
});

describe('names', () => {
  const long = 'a-long-name-of-a-pipeline-that-nobody-would-want-to-type-more-than-once-a-day';
  const run = '20260131-142501-037k2m9x';

  test.each([
    ['train', 63, 'train'],
    ['a'.repeat(63), 63, 'a'.repeat(63)],
    ['a'.repeat(64), 63, `${'a'.repeat(54)}-ffe054fe`],
    ['Feature/größer', 20, 'feature-gro-0de301d7'],
    ['feature/x', 63, 'feature-x-217d2bf5'],
    ['2026', 63, 'x-158a323a'],
    ['--', 63, 'x-d8156bae'],
    ['日本', 63, 'x-cf2abf0c'],
  ])('%s in %i characters', (name, longest, expected) => {
    expect(dnsLabel(name, longest)).toBe(expected);
  });

  const pipelines = ['a', 'a-b', long, `${long}-too`, `${long}-two`];
  const branches = [undefined, 'b', 'main', 'feature/x', 'feature-x', 'feature_x', long, `${long}-2`];
  const deployed = pipelines.flatMap((pipeline) => branches.map((branch) => ({ pipeline, branch })));
  test.each<[string, number, (each: { pipeline: string; branch?: string }) => string]>([
    ['templates', 63, (each) => templateName(each, 'content')],
    ['schedules', 52, (each) => scheduleName(each)],
    ['runs', 63, ({ pipeline }) => workflowName(pipeline, run)],
    [
      'runs by hand, with five letters of Kubernetes',
      58,
      ({ pipeline }) => generatedName(pipeline).slice(0, -1),
    ],
  ])('of %s: safe, short enough, and different', (_, longest, nameOf) => {
    const names = deployed.map(nameOf);
    for (const name of names) expect(name).toMatch(/^[a-z]([-a-z0-9]*[a-z0-9])?$/);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(longest);
    expect([names.length, pipelines.length]).toContain(new Set(names).size);
  });

  test('of steps: whatever steps are called, templates and labels are safe and different', () => {
    const step = 'a'.repeat(40);
    const names = ['run', 'end', 'steps', 'item', 'train', 'train-body-1', 'train-1', step];
    const rows = names.map((name): Row => [
      `step:${name}`,
      `const v = await foreach([1].map((x) => x), (x) => x)`,
    ]);
    const documents = documentsOf(pipelineFrom([LOOP, ...rows]));
    expect(brokenReferences(documents)).toEqual([]);
    for (const { name, metadata } of documents.template.spec.templates!) {
      expect(name).toMatch(/^[a-z][-a-z0-9]{0,62}$/);
      for (const value of Object.values(metadata?.labels ?? {}))
        expect(value).toMatch(/^[a-z0-9-]{1,63}$|^\{\{/);
    }
  });
});

describe('limits', () => {
  const loop: Row = ['step:x', 'const v = await foreach([1].map((x) => x), (x) => x)'];
  const plain: Row = ['step:x', 'const v = Math.abs(1)'];
  const many = (count: number, [, source]: Row): Pipeline => {
    const { steps, ...rest } = pipelineFrom([LOOP, [`step:x`, source]]);
    return { ...rest, steps: Array.from({ length: count }, (_, i) => ({ ...steps[0]!, name: `x-${i}` })) };
  };
  test.each<[string, Pipeline, number, number, string[]]>([
    ['a step', many(1, plain), 4, 498, []],
    ['a loop', many(1, loop), 1000, 496, []],
    ['ten loops', many(10, loop), 982, 46, []],
    ['38 loops', many(38, loop), 990, 10, []],
    ['39 loops', many(39, loop), 1016, 10, ['1016 nodes']],
    ['198 steps', many(198, plain), 398, 301, []],
    ['199 steps', many(199, plain), 400, 300, ['201 templates']],
    ['50 loops', many(50, loop), 1302, 10, ['202 templates', '1302 nodes']],
    ['none', many(0, plain), 2, 499, ['The notebook has no step']],
  ])('%s', (_, pipeline, nodes, chunks, problems) => {
    expect([nodesOf(pipeline), mostChunks(pipeline)]).toEqual([nodes, chunks]);
    const found = checkArgo(pipeline, { images: imagesOf(pipeline), deployment: DEPLOYMENT });
    expect(
      found.map(({ message }) => /: (\d+ \w+)|^(.*) that/.exec(message)?.slice(1).join('').trim()),
    ).toEqual(problems);
    if (problems.length === 0) expect(nodesOf(pipeline)).toBeLessThanOrEqual(MOST_NODES);
  });

  test('bytes', () => {
    const pipeline = many(150, plain);
    for (const { settings } of pipeline.steps) settings.nodeSelector = { pool: 'x'.repeat(63) };
    const labels = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`label-${i}`, 'x'.repeat(63)]));
    pipeline.steps = pipeline.steps.map((step) => ({ ...step, settings: { nodeSelector: labels } }));
    const found = checkArgo(pipeline, { images: imagesOf(pipeline), deployment: DEPLOYMENT });
    expect(found.map(({ code, message }) => [code, /\d+ bytes/.test(message)])).toEqual([['TF806', true]]);
  });
});

describe('what a cluster would refuse', () => {
  const settings: [CellSettings, string[]][] = [
    [{ nodeSelector: { 'example.com/pool': 'gpu', zone: '' } }, []],
    [{ nodeSelector: { 'a/b/c': 'x' } }, ['nodeSelector.a/b/c']],
    [{ nodeSelector: { pool: 'two words' } }, ['nodeSelector.pool']],
    [{ nodeSelector: { pool: '{{item}}' } }, ['nodeSelector.pool']],
    [{ nodeSelector: { 'kubernetes.io/arch': 'amd64' } }, ['nodeSelector']],
    [{ tolerations: [{ operator: 'Exists' }, { key: 'spot', value: 'true', effect: 'NoSchedule' }] }, []],
    [{ tolerations: [{ value: 'x' }] }, ['tolerations.0']],
    [{ tolerations: [{ key: 'a b' }] }, ['tolerations.0']],
    [{ tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] }, ['tolerations.0']],
    [{ tolerations: [{ key: 'a', value: '{{x}}' }] }, ['tolerations.0']],
    [{ tolerations: [{ key: 'a', operator: 'Exists', tolerationSeconds: 3 }] }, ['tolerations.0']],
    [
      {
        volumes: [
          { path: '/data', claim: 'a.b-c' },
          { path: '/data/more', claim: 'd' },
        ],
      },
      [],
    ],
    [
      {
        volumes: [
          { path: '/data', claim: 'a' },
          { path: '/data/', claim: 'b' },
        ],
      },
      ['volumes.1'],
    ],
    [{ volumes: [{ path: '/data', claim: 'A claim' }] }, ['volumes.0']],
    [{ volumes: [{ path: '/', claim: 'a' }] }, ['volumes.0']],
    [{ volumes: [{ path: '/tmp', claim: 'a' }] }, ['volumes.0']],
    [{ volumes: [{ path: '/app', claim: 'a' }] }, ['volumes.0']],
    [{ volumes: [{ path: '/app/data', claim: 'a' }] }, []],
    [{ volumes: [{ path: '/tagflow/x', claim: 'a' }] }, ['volumes.0']],
    [{ volumes: [{ path: '/data/../etc', claim: 'a' }] }, ['volumes.0']],
    [{ volumes: [{ path: '/{{item}}', claim: 'a' }] }, ['volumes.0']],
    [{ secrets: ['API_KEY'] }, []],
    [{ secrets: ['AWS_ACCESS_KEY_ID', 'NODE_OPTIONS', 'HOME'] }, ['secrets.0', 'secrets.1', 'secrets.2']],
    [{ memory: '2Gi', shm: '1Gi' }, []],
    [{ memory: '1Gi', shm: '1Gi' }, ['shm']],
    [{ gpu: { count: 1, name: 'kubernetes.io/gpu' } }, ['gpu.name']],
    [{ env: { TEXT: '{{item}}' } }, []],
  ];
  test.each(settings)('settings of a step: %j', (settings, expected) => {
    const pipeline = pipelineFrom([['step:a', 'const t = Math.abs(1)', settings]]);
    const found = checkArgo(pipeline, { images: imagesOf(pipeline), deployment: DEPLOYMENT });
    expect(found.map(({ message }) => /the setting (\S+) of step a/.exec(message)?.[1])).toEqual(expected);
    expect(found.every(({ code, cell }) => code === 'TF801' && cell === 'c1')).toBe(true);
  });

  const cluster: [ClusterSettings, string[]][] = [
    [{ serviceAccount: 'trainer', priorityClass: 'low', pullSecrets: ['login'], mutex: 'a-b' }, []],
    [{ serviceAccount: 'The Trainer' }, ['serviceAccount']],
    [
      { priorityClass: 'a_b', pullSecrets: ['ok', ''], mutex: '{{x}}' },
      ['priorityClass', 'pullSecrets.1', 'mutex'],
    ],
    [{ timeout: '0s' }, ['timeout']],
    [{ schedule: { cron: ' 0 6 * * 1 ', timezone: 'Europe/Berlin' } }, []],
    [{ schedule: { cron: '*/5 0-6/2,8 1 jan-MAR mon,Fri', timezone: 'UTC' } }, []],
    [{ schedule: { cron: '@daily' } }, []],
    [{ schedule: { cron: '@every 1h30m' } }, []],
    [{ schedule: { cron: '0 6 * *' } }, ['schedule.cron']],
    [{ schedule: { cron: '60 6 * * 1' } }, ['schedule.cron']],
    [{ schedule: { cron: '0 6 * * 7' } }, ['schedule.cron']],
    [{ schedule: { cron: '0 6 31-1 * *' } }, ['schedule.cron']],
    [{ schedule: { cron: '0 6 */0 * *' } }, ['schedule.cron']],
    [{ schedule: { cron: '0 6 1 foo *' } }, ['schedule.cron']],
    [{ schedule: { cron: '@sometimes' } }, ['schedule.cron']],
    [{ schedule: { cron: '0 6 * * 1', timezone: 'Europe/Springfield' } }, ['schedule.timezone']],
    [{ schedule: { cron: '0 6 * * 1', timezone: 'europe/berlin' } }, ['schedule.timezone']],
    [{ schedule: { cron: '0 6 * * 1', timezone: '+01:00' } }, ['schedule.timezone']],
  ];
  test.each(cluster)('settings of the notebook: %j', (cluster, expected) => {
    const pipeline = pipelineFrom([['step:a', 'const t = Math.abs(1)']]);
    const found = checkArgo(pipeline, { images: imagesOf(pipeline), deployment: DEPLOYMENT, cluster });
    expect(found.map(({ code, message }) => [code, /cluster\.(\S+)/.exec(message)?.[1]])).toEqual(
      expected.map((setting) => ['TF802', setting]),
    );
  });

  const store = { url: 's3://bucket' };
  const deployments: [Deployment, string[]][] = [
    [{ store }, []],
    [{}, ['store.url']],
    [{ store, namespace: 'a.b', secrets: 'A' }, ['namespace', 'secrets']],
    [{ store: { ...store, secret: '', caConfigMap: 'x/y' } }, ['store.secret', 'store.caConfigMap']],
    [{ store: { ...store, endpoint: 'https://{{workflow.name}}' } }, ['store.endpoint']],
  ];
  test.each(deployments)('settings of the project: %j', (deployment, expected) => {
    const pipeline = pipelineFrom([['step:a', 'const t = Math.abs(1)']]);
    const found = checkArgo(pipeline, { images: imagesOf(pipeline), deployment });
    expect(
      found.map(({ code, message }) => [code, /setting (\S+) of the project/.exec(message)?.[1]]),
    ).toEqual(expected.map((setting) => ['TF803', setting]));
  });

  test.each([
    ['registry.example.com/team/notebook@sha256:' + DIGEST, []],
    ['node:22-slim', ['TF805']],
    ['', ['TF804']],
    ['two words', ['TF804']],
    ['{{workflow.name}}', ['TF804']],
  ])('image %j', (image, expected) => {
    const pipeline = pipelineFrom([['step:a', 'const t = Math.abs(1)']]);
    const found = checkArgo(pipeline, { images: { a: image }, deployment: DEPLOYMENT });
    expect(found.map(({ code }) => code)).toEqual(expected);
  });
});
