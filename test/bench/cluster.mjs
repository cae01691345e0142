// Runs on a real cluster: until the first line of user code, beside the same graph written by hand, and as files.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from '../../binder/packages.mjs';
import { POD_SECURITY, POD_SPEC_PATCH } from '../../kernel/lib/export/argo-place.js';
import { openDeployedStore } from '../../kernel/lib/store/location.js';
import { readRunEnd } from '../../kernel/lib/store/records.js';
import { api } from '../cluster/api.mjs';
import { down, facts, up } from '../cluster/bed.mjs';
import { compare, median, tell, time } from './measure.mjs';
import { installPeers } from './peers.mjs';
import { metaflowEnvironment, writeCells, writeFlow } from './steps.mjs';

const MAIN = join(root, 'kernel', 'lib', 'main.js');
/** Milliseconds between two looks at a Workflow. */
const GLANCE = 100;
const ITEMS = 50;

/** @param {number} rounds how often each is measured */
export async function measureCluster(rounds) {
  await up();
  const project = makeProject(facts());
  try {
    await measureFirstLine(project, rounds);
    await compareChains(project, rounds);
    await compareFanOuts(project, rounds);
    await compareExports(project, rounds);
  } finally {
    rmSync(project.folder, { recursive: true, force: true });
    await down();
  }
}

/** In the checkout, so that its packages are the checkout's. */
function makeProject(bed) {
  const folder = join(root, 'test', 'output', 'bench', 'cluster');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { endpoint, clusterEndpoint } = bed.s3;
  const store = { url: `${bed.s3.url}/bench-${Date.now()}`, endpoint, clusterEndpoint };
  const tagflow = { store, registry: { push: `${bed.registry}/team` }, base: bed.base };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', tagflow }));
  // Of this process, and so of all that it starts.
  Object.assign(process.env, {
    KUBECONFIG: bed.kubeconfig,
    AWS_ACCESS_KEY_ID: bed.s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: bed.s3.secretAccessKey,
  });
  return { bed, folder, store: openDeployedStore({ store }, folder) };
}

function tagflow({ folder }, ...args) {
  return time(process.execPath, [MAIN, ...args], { cwd: folder });
}

async function submit(project, notebook) {
  const { output } = await tagflow(project, 'submit', notebook, '--no-cache', '--json');
  return JSON.parse(output);
}

async function measureFirstLine(project, rounds) {
  const parts = {};
  const keep = (name, seconds) => (parts[name] ??= []).push(seconds);
  for (let round = 0; round <= rounds; round++) {
    const notebook = writeCells(project.folder, 'first', {
      a: `console.log("begun"); const x = ${round} + 0.${Date.now()};`,
    });
    const began = Date.now();
    const { output, errors } = await tagflow(
      project,
      ...['submit', notebook, '--no-cache', '--json', '--timings'],
    );
    const { run, workflow } = JSON.parse(output);
    await ended(project, workflow);
    const log = JSON.parse((await tagflow(project, 'logs', run, 'a', '--json')).output);
    // The first time, images are built.
    if (round === 0) continue;
    const told = JSON.parse(errors.trim().split('\n').at(-1));
    const total = (Date.parse(log[0].time) - began) / 1000;
    let rest = total;
    for (const [part, milliseconds] of Object.entries(told)) {
      keep(part, milliseconds / 1000);
      rest -= milliseconds / 1000;
    }
    keep('start, and the pod', rest);
    keep('whole', total);
  }
  for (const [part, seconds] of Object.entries(parts)) tell(`submit to first line: ${part}`, seconds);
}

async function compareChains(project, rounds) {
  const chain = (round) => ({
    a: `const a = ${round} + 0.${Date.now()};`,
    b: 'const b = a + 1;',
    c: 'const c = b + 1;',
    d: 'const d = c + 1;',
  });
  const tasks = ['a', 'b', 'c', 'd'].map((name, i, all) => ({
    name,
    template: 'work',
    ...(i > 0 ? { depends: all[i - 1] } : {}),
  }));
  const seconds = { ours: [], byHand: [] };
  for (let round = 0; round <= rounds; round++) {
    const notebook = writeCells(project.folder, 'chain', chain(round));
    const ours = await submitted(project, notebook);
    const byHand = await ended(project, await createByHand(project, tasks));
    if (round === 0) continue;
    seconds.ours.push(ours);
    seconds.byHand.push(byHand);
  }
  compare('a chain of 4 pods', 'written by hand', median(seconds.ours), median(seconds.byHand));
}

async function compareFanOuts(project, rounds) {
  const seconds = { ours: [], batched: [], byHand: [] };
  const items = JSON.stringify(Array.from({ length: ITEMS }, (_, i) => i));
  const tasks = [
    { name: 'load', template: 'work' },
    { name: 'map', template: 'work', depends: 'load', withParam: items },
    { name: 'join', template: 'work', depends: 'map' },
  ];
  for (let round = 0; round < rounds; round++) {
    for (const [name, batch] of [
      ['ours', 1],
      ['batched', 10],
    ]) {
      const notebook = writeFanOut(project.folder, `${name}${round}`, batch);
      seconds[name].push(await submitted(project, notebook));
    }
    seconds.byHand.push(await ended(project, await createByHand(project, tasks)));
  }
  const byHand = median(seconds.byHand);
  compare(`a fan-out of ${ITEMS}, a pod each`, 'written by hand', median(seconds.ours), byHand);
  compare(`a fan-out of ${ITEMS}, ten a pod`, 'a pod each by hand', median(seconds.batched), byHand);
}

function writeFanOut(folder, name, batch) {
  const steps = {
    load: `const xs = Array.from({ length: ${ITEMS} }, (_, i) => i + 0.${Date.now()});`,
    map: [
      `import { foreach } from 'tagflow';`,
      'const ys = await foreach(xs, (x) => x * x);',
      'const sum = ys.length;',
    ].join('\n'),
  };
  return writeCells(folder, name, steps, { map: { batch } });
}

/** As one who knows Argo writes it: a script in an image that is there. */
async function createByHand({ bed }, tasks) {
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { generateName: 'by-hand-' },
    spec: {
      entrypoint: 'main',
      serviceAccountName: 'tagflow',
      podGC: { strategy: 'OnPodSuccess' },
      securityContext: POD_SECURITY,
      templates: [
        { name: 'main', dag: { tasks } },
        {
          name: 'work',
          container: {
            image: bed.base,
            command: ['node', '-e', 'console.log("begun")'],
            securityContext: RESTRICTED,
          },
        },
      ],
      podSpecPatch: POD_SPEC_PATCH,
    },
  };
  const made = await api('POST', workflowsOf(bed), object);
  return made.metadata.name;
}

const RESTRICTED = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

const workflowsOf = (bed) => `/apis/argoproj.io/v1alpha1/namespaces/${bed.namespace}/workflows`;

/** Seconds from a submission until the run has its end, which is before its Workflow has. */
async function submitted(project, notebook) {
  const { run, workflow } = await submit(project, notebook);
  const began = performance.now();
  while (!(await readRunEnd(project.store, run))) await pause(GLANCE);
  const seconds = (performance.now() - began) / 1000;
  // What comes next has the machine for itself.
  await ended(project, workflow);
  return seconds;
}

/** Seconds until a Workflow that has just been made has succeeded. */
async function ended({ bed }, name) {
  const began = performance.now();
  for (;;) {
    const { status } = await api('GET', `${workflowsOf(bed)}/${name}`);
    if (status?.phase === 'Succeeded') return (performance.now() - began) / 1000;
    if (status?.phase === 'Failed' || status?.phase === 'Error')
      throw new Error(`${name}: ${status.message}`);
    await pause(GLANCE);
  }
}

async function compareExports(project, rounds) {
  const { python } = await installPeers();
  copyFileSync(join(root, 'binder', 'tour.ipynb'), join(project.folder, 'tour.ipynb'));
  const flow = writeFlow(project.folder, 10);
  const { s3 } = project.bed;
  const env = {
    ...metaflowEnvironment(project.folder),
    METAFLOW_DEFAULT_METADATA: 'local',
    METAFLOW_DEFAULT_DATASTORE: 's3',
    METAFLOW_DATASTORE_SYSROOT_S3: `${s3.url}/metaflow`,
    METAFLOW_DATATOOLS_S3ROOT: `${s3.url}/metaflow-data`,
    METAFLOW_S3_ENDPOINT_URL: s3.endpoint,
    METAFLOW_KUBERNETES_NAMESPACE: project.bed.namespace,
    METAFLOW_KUBERNETES_CONTAINER_IMAGE: 'python:3.11',
    AWS_DEFAULT_REGION: 'us-east-1',
  };
  const seconds = { ours: [], metaflow: [] };
  await tagflow(project, 'export', 'tour.ipynb', '--to', 'argo', '--out', 'deploy');
  for (let round = 0; round < rounds; round++) {
    const ours = await tagflow(project, 'export', 'tour.ipynb', '--to', 'argo', '--out', 'deploy');
    seconds.ours.push(ours.seconds);
    const args = [flow, 'argo-workflows', 'create', '--only-json'];
    seconds.metaflow.push((await time(python, args, { cwd: project.folder, env })).seconds);
  }
  compare('the tour exported again', 'Metaflow, ten steps', median(seconds.ours), median(seconds.metaflow));
}
