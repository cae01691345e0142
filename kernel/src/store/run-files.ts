/** Runs as a removal sees them: files with ages, and digests of whatever they name. */
import { blobKey } from './content.js';
import type { RunAge } from './retention.js';
import { isRunId, runFolder } from './run-id.js';
import { type Tell, sideBySide } from './side-by-side.js';
import { HEARTBEAT_LIMIT } from './state.js';
import type { Entry, Store } from './store.js';

export interface RunFiles extends RunAge {
  bytes: number;
  unfinished: string[];
  /** Whether there is a start or an end; without both it is what a removal or a killed writer left. */
  recorded: boolean;
}

/** All runs with what is known of them from the files in their folders. */
export async function readRunFiles(
  store: Store,
  now: number,
  grace: number,
  tell: Tell,
): Promise<RunFiles[]> {
  const files = new Map<string, Entry[]>();
  for await (const entries of store.entries('runs/')) {
    for (const entry of entries) {
      const [, , id = ''] = entry.key.split('/');
      if (!isRunId(id)) continue;
      const known = files.get(id);
      if (known) known.push(entry);
      else files.set(id, [entry]);
    }
    tell('Looking through runs', files.size);
  }
  const runs: RunFiles[] = [];
  await sideBySide(
    [...files],
    async ([id, entries]) => void runs.push(await describe(store, id, entries, now, grace)),
    (done) => tell('Reading runs', done),
  );
  return runs;
}

async function describe(
  store: Store,
  id: string,
  entries: readonly Entry[],
  now: number,
  grace: number,
): Promise<RunFiles> {
  const folder = runFolder(id);
  const [end, start] = await Promise.all(
    ['end.json', 'start.json'].map(async (name) => recordOf(await store.get(folder + name))),
  );
  const modified = Math.max(...entries.map((entry) => entry.modified));
  const ended = typeof end?.ended === 'string' ? Date.parse(end.ended) : NaN;
  return {
    id,
    pipeline: end?.start?.pipeline ?? start?.pipeline,
    // A run that is lost may be on a machine that sleeps.
    running: end === undefined && now - modified < Math.max(grace, HEARTBEAT_LIMIT),
    last: Number.isNaN(ended) ? modified : ended,
    bytes: entries.reduce((sum, { size }) => sum + size, 0),
    unfinished: entries
      .filter((entry) => entry.unfinished && now - entry.modified > grace)
      .map(({ key }) => key),
    recorded: start !== undefined || end !== undefined,
  };
}

interface AnyRecord {
  pipeline?: string;
  cluster?: { placement?: unknown };
  ended?: unknown;
  start?: { pipeline?: string };
}

/** Also of records that are damaged or of a newer version. */
function recordOf(bytes: Uint8Array | undefined): AnyRecord | undefined {
  // As for who reads runs: after a power cut a file may be there without what was written to it.
  if (!bytes?.length) return undefined;
  try {
    return (JSON.parse(Buffer.from(bytes).toString()) as AnyRecord | null) ?? {};
  } catch {
    return {};
  }
}

/** All digests in the records of runs, and what pods of those that have not ended will read. */
export async function digestsOf(store: Store, runs: readonly string[], tell: Tell): Promise<Set<string>> {
  const digests = new Set<string>();
  await sideBySide(
    runs,
    async (id) => {
      for await (const key of recordKeys(store, runFolder(id)))
        for (const digest of digestsIn(await store.get(key))) digests.add(digest);
      for (const digest of digestsIn(await placementOf(store, id))) digests.add(digest);
    },
    (done) => tell('Reading records', done),
  );
  return digests;
}

/** Programs and files of a run on a cluster. It may wait for longer than the grace period before a record names them. */
async function placementOf(store: Store, id: string): Promise<Uint8Array | undefined> {
  const folder = runFolder(id);
  if ((await store.stat(`${folder}end.json`)) !== undefined) return undefined;
  const placement = recordOf(await store.get(`${folder}start.json`))?.cluster?.placement;
  return typeof placement === 'string' ? store.get(blobKey(placement)) : undefined;
}

async function* recordKeys(store: Store, folder: string): AsyncGenerator<string> {
  for (const name of await store.list(folder)) {
    if (name.endsWith('/')) yield* recordKeys(store, folder + name);
    else if (name.endsWith('.json')) yield folder + name;
  }
}

/** The digests that stand in a text, whatever it is. */
export function digestsIn(bytes: Uint8Array | undefined): string[] {
  return digestTextsIn(bytes).map(compact);
}

/** The same, as they stand there. */
export function digestTextsIn(bytes: Uint8Array | undefined): string[] {
  return (
    Buffer.from(bytes ?? [])
      .toString('latin1')
      .match(/[0-9a-f]{64}/g) ?? []
  );
}

/** Half as long, and no part of a longer text: there may be millions. */
export function compact(digest: string): string {
  return Buffer.from(digest, 'hex').toString('latin1');
}
