/**
 * Which attempts made or used a value, found by its digest: empty files whose names say it all,
 *
 *     links/<first three of the digest>/<digest>.<made|used|read>.<run>.<step>.<segment>[.<index>…]
 *
 * so that lineage across runs reads one folder per value, not every run. All of it is derived from records. A link is
 * written before the record that it follows from: the index may then name what is not there, which readers pass over,
 * but never lacks what is. A folder per digest would cost each value a block of the disk; 4096 folders stay small.
 */
import type { AttemptEnd, AttemptStart } from '@tagflow/schema';
import { type AttemptId, placeInStep } from './place-in-step.js';
import { isRunId } from './run-id.js';
import { sideBySide } from './side-by-side.js';
import type { Store } from './store.js';

export interface Link {
  digest: string;
  /** made: an output. used: an input. read: read from an earlier run through the library. */
  kind: 'made' | 'used' | 'read';
  run: string;
  step: string;
  segment: number;
  index?: number;
  within?: number[];
}

const LINKS = 'links/';
/** Its presence says that every run of the store has its links. */
const COMPLETE = `${LINKS}complete`;
const DIGEST = /^[0-9a-f]{64}$/;

export function linkKey(link: Link): string {
  const { digest, kind, run, step } = link;
  return `${folderOf(digest)}${digest}.${kind}.${run}.${step}.${placeInStep(link)}`;
}

/** The link that a key, or the last part of one, stands for. */
export function linkOf(key: string): Link | undefined {
  const [digest = '', kind, run = '', step = '', segment = '', ...path] = key
    .slice(key.lastIndexOf('/') + 1)
    .split('.');
  if (!DIGEST.test(digest) || !isRunId(run) || (kind !== 'made' && kind !== 'used' && kind !== 'read'))
    return undefined;
  const link = { digest, kind, run, step, segment: Number(segment) } as const;
  const index = path.pop();
  if (index === undefined) return link;
  return { ...link, index: Number(index), ...(path.length > 0 ? { within: path.map(Number) } : {}) };
}

export function linksOfStart(start: Pick<AttemptStart, 'inputs'> & AttemptId): Link[] {
  return linksTo(start, 'used', Object.values(start.inputs));
}

export function linksOfEnd(id: AttemptId, { outputs, read = [] }: AttemptEnd): Link[] {
  return [
    ...linksTo(
      id,
      'made',
      outputs.map(({ digest }) => digest),
    ),
    ...linksTo(
      id,
      'read',
      read.map(({ digest }) => digest),
    ),
  ];
}

function linksTo(id: AttemptId, kind: Link['kind'], digests: string[]): Link[] {
  const { run, step, segment, index, within } = id;
  return [...new Set(digests)].map((digest) => ({ digest, kind, run, step, segment, index, within }));
}

export async function writeLinks(store: Store, links: readonly Link[]): Promise<void> {
  // Not all at once: each is an open file, and a join may have thousands of inputs.
  await sideBySide(links, (link) => store.put(linkKey(link), Buffer.alloc(0)));
}

/** The links of a digest; of each kind, those of the newest run first. */
export async function readLinks(store: Store, digest: string): Promise<Link[]> {
  const names = (await store.list(folderOf(digest))).filter((name) => name.startsWith(digest));
  // Names are sorted, and with them the runs of a kind.
  return names.reverse().flatMap((name) => linkOf(name) ?? []);
}

/** Digests that have links and begin so: at least three digits must be given. */
export async function findDigests(store: Store, beginning: string): Promise<string[]> {
  if (DIGEST.test(beginning)) return [beginning];
  const names = await store.list(folderOf(beginning));
  return [...new Set(names.filter((name) => name.startsWith(beginning)).map((name) => name.slice(0, 64)))];
}

export async function areLinksComplete(store: Store): Promise<boolean> {
  return (await store.stat(COMPLETE)) !== undefined;
}

export async function markLinksComplete(store: Store): Promise<void> {
  await store.put(COMPLETE, Buffer.from('1\n'));
}

function folderOf(digest: string): string {
  return `${LINKS}${digest.slice(0, 3)}/`;
}
