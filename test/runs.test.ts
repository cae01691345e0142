import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunStart } from '@tagflow/schema';
import { runs } from '../kernel/lib/library/index.js';
import { setPlace } from '../kernel/lib/library/place.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { writeRunEnd, writeRunStart } from '../kernel/lib/store/journal.js';
import { type RunFilter, idFilter } from '../kernel/lib/store/run-filter.js';
import { newRunId } from '../kernel/lib/store/run-id.js';

let folder: string;

const made: [letter: string, created: string, Partial<RunStart>, state: 'succeeded' | 'failed'][] = [
  ['a', '2026-01-30T23:59:59.999Z', { parameters: { trees: 100 } }, 'succeeded'],
  ['b', '2026-01-31T00:00:00.000Z', { parameters: { trees: 200, names: ['x'] } }, 'failed'],
  ['c', '2026-01-31T14:25:01.500Z', { git: { commit: 'abc123', branch: 'main', dirty: true } }, 'succeeded'],
  [
    'd',
    '2026-02-02T10:00:00.000Z',
    { pipeline: 'other', git: { commit: 'def456', dirty: false } },
    'succeeded',
  ],
];
const ids = new Map<string, string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-runs-'));
  const store = new FolderStore(join(folder, '.tagflow'));
  for (const [letter, created, more, state] of made) {
    const id = newRunId(new Date(created));
    ids.set(id, letter);
    const start: RunStart = {
      format: 1,
      id,
      pipeline: 'tour',
      document: '0'.repeat(64),
      created,
      parameters: {},
      trigger: 'command',
      user: 'u',
      versions: { tagflow: '0.1.0', node: 'v20.19.0', codec: 1 },
      ...more,
    };
    await writeRunStart(store, start);
    await writeRunEnd(store, { format: 1, id, state, ended: created, start, steps: [] });
  }
  setPlace({ directory: folder, store });
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each<[RunFilter & { limit?: number }, string]>([
  [{}, 'dcba'],
  [{ limit: 2 }, 'dc'],
  [{ pipeline: 'tour' }, 'cba'],
  [{ pipeline: 'tour', limit: 1 }, 'c'],
  [{ state: 'failed' }, 'b'],
  [{ state: 'failed', limit: 1 }, 'b'],
  [{ state: ['failed', 'succeeded'] }, 'dcba'],
  [{ state: [] }, ''],
  [{ since: '2026-01-31' }, 'dcb'],
  [{ until: '2026-01-31' }, 'a'],
  [{ since: '2026-01-31', until: '2026-02-01' }, 'cb'],
  [{ since: new Date('2026-01-31T14:25:01.500Z') }, 'dc'],
  [{ since: Date.UTC(2026, 0, 31, 14, 25, 1, 501) }, 'd'],
  [{ parameters: { trees: 200 } }, 'b'],
  [{ parameters: { trees: '200' } }, ''],
  [{ parameters: { names: ['x'], trees: 200 } }, 'b'],
  [{ parameters: { toString: undefined } }, ''],
  [{ parameters: {} }, 'dcba'],
  [{ commit: 'abc' }, 'c'],
  [{ commit: 'ABC123' }, 'c'],
  [{ commit: 'bc1' }, ''],
  [{ pipeline: 'tour', state: 'succeeded', since: '2026-01-31', commit: 'abc' }, 'c'],
])('runs.list(%j) gives %j', async (filter, letters) => {
  expect((await runs.list(filter)).map((run) => ids.get(run.id)).join('')).toBe(letters);
});

test('the latest run, with what it is about', async () => {
  expect(ids.get((await runs.latest()).id)).toBe('d');
  expect(ids.get((await runs.latest('tour')).id)).toBe('c');
  expect(ids.get((await runs.latest('tour', { parameters: { trees: 100 } })).id)).toBe('a');
  const { git, created } = await runs.latest('tour');
  expect([git, created]).toEqual([{ commit: 'abc123', branch: 'main', dirty: true }, new Date(made[2]![1])]);
});

test.each<[RunFilter, RegExp]>([
  [{ pipeline: 'none' }, /no run of pipeline none in .* yet/],
  [
    { pipeline: 'tour', state: ['lost', 'stopped'], parameters: { trees: 1 } },
    /no run of pipeline tour that is lost or stopped with trees = 1 in/,
  ],
  [{ since: '2027-01-01', commit: 'f' }, /no run since 2027-01-01T00:00:00\.000Z at commit f in/],
  [{ since: 'yesterday' }, /since: "yesterday" is no date\. Write it as 2026-01-31/],
])('no run fits %j: a sentence', async ({ pipeline, ...filter }, message) => {
  await expect(runs.latest(pipeline, filter)).rejects.toThrow(message);
});

test('as of a moment, only runs that had ended before it', async () => {
  const place = { directory: folder, store: new FolderStore(join(folder, '.tagflow')) };
  const idOf = (wanted: string): string => [...ids].find(([, letter]) => letter === wanted)![0];
  try {
    setPlace({ ...place, asOf: made[2]![1] });
    expect((await runs.list()).map((run) => ids.get(run.id)).join('')).toBe('ba');
    expect(ids.get((await runs.latest('tour', { state: 'succeeded' })).id)).toBe('a');
    expect(ids.get((await runs.get('latest')).id)).toBe('b');
    expect(ids.get((await runs.get('20260131')).id)).toBe('b');
    await expect(runs.get(idOf('c'))).rejects.toThrow(/had not ended when this run began/);
    setPlace({ ...place, asOf: made[0]![1] });
    await expect(runs.latest('tour')).rejects.toThrow(/no run of pipeline tour in .* when this run began/);
  } finally {
    setPlace(place);
  }
});

test('runs outside of the time are not read', () => {
  const inTime = idFilter({ since: '2026-01-31', until: '2026-02-01' });
  expect([...ids.keys()].map(inTime)).toEqual([false, true, true, false]);
});
