/**
 * Snapshots of a warm compiler: a process that starts from one is ready in a tenth of the time that loading and warming
 * up takes. They lie in the cache folder, one for each build of Tagflow, Node and set of Node's types, and are made in
 * the background; whoever finds none does without.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { realpathSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildStamp, digestOf, LIBRARY, stampOf } from '../files/build-stamp.js';
import { cacheFolder, removeOldCached } from '../files/cache-folder.js';
import type { SnapshotTask } from '../language/messages.js';

const BUILD = fileURLToPath(new URL('./snapshot-build.js', import.meta.url));
/** Raised when snapshots are made otherwise. */
const FORMAT = '1';

export interface Snapshot {
  path: string;
  /** The folder whose types of Node are in it. */
  types: string;
}

/** The snapshot for notebooks in a folder, whether it has been made or not. */
export function snapshotFor(directory: string): Snapshot {
  const types = nodeTypes(directory) ?? nodeTypes(LIBRARY) ?? LIBRARY;
  const name = digestOf(FORMAT, buildStamp(), types, stamp(types) ?? '');
  return { path: join(cacheFolder(), `compiler-${name}.blob`), types };
}

/** A process with the compiler in it, told what it is for; undefined when there is no snapshot. */
export function startFromSnapshot({ path }: Snapshot, task: SnapshotTask): ChildProcess | undefined {
  // An empty file says that none can be made here.
  if (!statSync(path, { throwIfNoEntry: false })?.size) return undefined;
  touch(path);
  // The options that Node runs with must be those with which it was made. Reading certificates takes as long as all
  // else at Node's start, and no request is sent from there.
  const { NODE_OPTIONS: _, NODE_EXTRA_CA_CERTS: __, ...env } = process.env;
  const child = spawn(process.execPath, ['--snapshot-blob', path, 'compiler'], {
    env,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // JSON has no -0.
    serialization: 'advanced',
    // A group of its own: a terminal's Ctrl-C is for the kernel, or the runner.
    detached: true,
  });
  child.on('error', () => undefined);
  child.send(task, () => undefined);
  return child;
}

/** Makes it in the background, unless it is there or cannot be made. This process need not wait for it. */
export function makeSnapshot({ path, types }: Snapshot): void {
  if (statSync(path, { throwIfNoEntry: false })) return;
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [BUILD, path, types], { env, stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

/** How a process ended. */
export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const FROM_OUTSIDE: readonly (NodeJS.Signals | null)[] = [
  'SIGKILL',
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
];

/** A process that was started from it ended before it answered: if by itself, none is started from it any more. */
export function rejectSnapshot({ path }: Snapshot, { code, signal }: End): void {
  if (code === 0 || (code === null && (signal === null || FROM_OUTSIDE.includes(signal)))) return;
  try {
    writeFileSync(path, '');
  } catch {
    // Then the next one finds out again.
  }
}

/** Where a folder's types of Node lie. */
function nodeTypes(directory: string): string | undefined {
  for (let above = directory; ; above = dirname(above)) {
    const types = join(above, 'node_modules', '@types');
    if (stamp(types)) return realpathSync(types);
    if (above === dirname(above)) return undefined;
  }
}

function stamp(types: string): string | undefined {
  return stampOf(join(types, 'node', 'package.json'));
}

/** Snapshots that are used stay. */
function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // A read-only home: it may be removed as old, and is made again.
  }
}

/** How many are kept, the ones used last: each takes some 50 MB. */
const KEPT = 4;

/** Removes the snapshots that were not used for longest. */
export function removeOldSnapshots(): void {
  removeOldCached('.', /^compiler-[0-9a-f]+\.blob$/, KEPT);
}
