/** What a run has recorded of a program, and how little is asked of the store to know it. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptEnd } from '@tagflow/schema';
import { recordedAt, recordedSuccess } from '../kernel/lib/run/recorded.js';
import { blobKey, putBlob } from '../kernel/lib/store/content.js';
import { FolderStore } from '../kernel/lib/store/file.js';
import { writeAttemptEnd, writeAttemptStart } from '../kernel/lib/store/journal.js';
import { placesBegun } from '../kernel/lib/store/records.js';

/** Notes what it is asked. */
class AskedStore extends FolderStore {
  readonly asked: string[] = [];

  override get(...args: Parameters<FolderStore['get']>): ReturnType<FolderStore['get']> {
    this.asked.push('get');
    return super.get(...args);
  }

  override stat(key: string): ReturnType<FolderStore['stat']> {
    this.asked.push('stat');
    return super.stat(key);
  }

  override keys(prefix: string): ReturnType<FolderStore['keys']> {
    this.asked.push('keys');
    return super.keys(prefix);
  }
}

let store: AskedStore;
beforeEach(() => (store = new AskedStore(mkdtempSync(join(tmpdir(), 'tagflow-recorded-')))));
afterEach(() => rmSync(store.location, { recursive: true, force: true }));

const PLACE = { run: '20260102-030405-abcdef0', step: 'fit', segment: 1, index: 3 };
const CREATED = '2026-01-02T03:04:05.000Z';
const DIGEST = 'a'.repeat(64);

async function record(states: readonly (AttemptEnd['state'] | 'killed')[]): Promise<void> {
  for (const [i, state] of states.entries()) {
    const id = { ...PLACE, attempt: i + 1 };
    await writeAttemptStart(store, {
      format: 1,
      ...id,
      created: CREATED,
      program: DIGEST,
      inputs: {},
      host: 'here',
    });
    if (state === 'killed') continue;
    const failure = { name: 'Error', message: `attempt ${i + 1}` };
    await writeAttemptEnd(store, id, {
      format: 1,
      state,
      ended: CREATED,
      outputs: [],
      notKept: [],
      ...(state === 'failed' ? { failure } : { branch: i + 1 }),
    });
  }
  store.asked.length = 0;
}

test.each([
  [[], undefined, 'a list'],
  [['killed'], undefined, 'a list'],
  [['failed'], undefined, 'a list'],
  [['succeeded'], 1, 'one record'],
  [['failed', 'succeeded'], 2, 'a list'],
  [['killed', 'stopped', 'succeeded'], 3, 'a list'],
] as const)('attempts %j: the success is %s, which takes %s', async (states, attempt, takes) => {
  await record(states);
  const end = await recordedSuccess(store, PLACE);
  expect(end?.branch).toBe(attempt);
  expect(store.asked[0]).toBe('get');
  expect(store.asked.includes('keys')).toBe(takes === 'a list');
  if (takes === 'one record') expect(store.asked).toEqual(['get']);
  const { end: standing } = await recordedAt(store, PLACE, 0);
  if (standing?.state === 'succeeded') expect(standing).toEqual(end);
});

test('the places of a step that have begun', async () => {
  await record(['failed', 'succeeded']);
  expect(await placesBegun(store, PLACE.run, 'fit')).toEqual(new Set(['1.3']));
  expect(await placesBegun(store, PLACE.run, 'other')).toEqual(new Set());
});

test.each([
  [10, []],
  [11, ['stat']],
])('%s bytes are written, after asking %j, where ten cost no more than a question', async (size, asked) => {
  const direct = Object.assign(store, { smallWrite: 10 });
  const bytes = randomBytes(size);
  const { digest } = await putBlob(direct, bytes);
  expect(store.asked).toEqual(asked);
  expect(await store.get(blobKey(digest))).toEqual(bytes);
});
