// Look-ups in a store of very many runs, as a user waits for them: from the start of the command to its end.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../binder/packages.mjs';
import { attemptFolder } from '../../kernel/lib/store/place-in-step.js';
import { linkKey, linksOfEnd, linksOfStart } from '../../kernel/lib/store/links.js';
import { runFolder } from '../../kernel/lib/store/run-id.js';
import { tell, time } from './measure.mjs';

const RUNS_A_DAY = 1000;
const DAY = 86_400_000; // ms

export async function measureStore(count, rounds) {
  // Not below this folder: jest looks through all of it.
  const project = mkdtempSync(join(tmpdir(), 'tagflow-store-'));
  try {
    writeFileSync(join(project, 'package.json'), '{}');
    const started = performance.now();
    const ids = makeRuns(join(project, '.tagflow'), count);
    tell(`${count} runs made`, [(performance.now() - started) / 1000]);
    const some = ids[Math.floor(count / 2)];
    for (const [what, ...parameters] of [
      ['the command alone', '--version'],
      ['newest 50 listed', 'runs', '--limit', '50'],
      ['one found by tag', 'runs', '--tag', 'best'],
      ['lineage of an artifact', 'lineage', some, 'train', 'model'],
      ['lineage by digest', 'lineage', digestOf('model', Math.floor(count / 2))],
      ['a parameter all runs used', 'lineage', digestOf('rate')],
    ]) {
      const seconds = [];
      for (let round = 0; round < rounds; round++) {
        const main = join(root, 'kernel', 'lib', 'main.js');
        seconds.push((await time(process.execPath, [main, ...parameters], { cwd: project })).seconds);
      }
      tell(what, seconds);
    }
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** Runs of two steps, each with values of its own, all with one parameter the same. Returns their ids. */
export function makeRuns(store, count) {
  const first = Date.UTC(2026, 0, 1);
  const write = writer(store);
  write('store.json', JSON.stringify({ format: 1, id: 'bench' }));
  write('links/complete', '1\n');
  return Array.from({ length: count }, (_, i) => {
    const time = first + Math.floor(i / RUNS_A_DAY) * DAY + (i % RUNS_A_DAY) * 60_000;
    return makeRun(write, i, new Date(time), i === count >> 1 ? ['best'] : undefined);
  });
}

function makeRun(write, i, time, tags) {
  const created = time.toISOString();
  const id = `${created.slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-000${String(i % 1e5).padStart(5, '0')}`;
  const parameters = { n: i, rate: 0.5 };
  const versions = { tagflow: '0.1.0', node: process.version, codec: 1 };
  const about = { trigger: 'schedule', user: 'bench', versions, ...(tags ? { tags } : {}) };
  const document = digestOf('document');
  const start = { format: 1, id, pipeline: `bench-${i % 7}`, document, created, parameters, ...about };
  const steps = [
    makeStep(write, id, 'load', created, { 'p#n': digestOf('n', i) }, 'rows', i),
    makeStep(
      write,
      id,
      'train',
      created,
      { 'l#rows': digestOf('rows', i), 'p#rate': digestOf('rate') },
      'model',
      i,
    ),
  ];
  const end = { format: 1, id, state: i % 10 ? 'succeeded' : 'failed', ended: created, start, steps };
  write(`${runFolder(id)}start.json`, JSON.stringify(start));
  write(`${runFolder(id)}end.json`, JSON.stringify(end));
  for (const tag of tags ?? []) write(`tags/${tag}/${id}`, '');
  return id;
}

function makeStep(write, run, step, created, inputs, name, i) {
  const place = { run, step, segment: 0, attempt: 1 };
  const start = { format: 1, ...place, created, program: digestOf(step), inputs, host: 'bench' };
  const preview = { text: `${name} of run ${i}: ${'x'.repeat(400)}` };
  const variable = `${step[0]}#${name}`;
  const outputs = [{ name, variable, digest: digestOf(name, i), size: 100, type: 'number[]', preview }];
  const end = { format: 1, state: 'succeeded', ended: created, outputs, notKept: [] };
  write(`${attemptFolder(place)}start.json`, JSON.stringify(start));
  write(`${attemptFolder(place)}end.json`, JSON.stringify(end));
  for (const link of [...linksOfStart(start), ...linksOfEnd(place, end)]) write(linkKey(link), '');
  return {
    name: step,
    state: 'succeeded',
    started: created,
    ended: created,
    attempts: 1,
    outputs,
    notKept: [],
  };
}

function digestOf(...parts) {
  return createHash('sha256').update(parts.join(' ')).digest('hex');
}

/** Much quicker than the store itself, which nobody reads meanwhile. */
function writer(store) {
  const made = new Set();
  return (key, text) => {
    const path = join(store, key);
    const folder = dirname(path);
    if (!made.has(folder)) {
      mkdirSync(folder, { recursive: true });
      made.add(folder);
    }
    writeFileSync(path, text);
  };
}
