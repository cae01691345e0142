/** Tags of runs, and the index that finds runs by them: `tags/<tag>/<run>`, empty. A record says it too; this is derived. */
import type { Store } from './store.js';

const TAG = /^[A-Za-z0-9][A-Za-z0-9_.-]*(=[A-Za-z0-9_.:@/+ -]+)?$/;
const LONGEST = 100;

/** A tag is a name, or `name=value`. */
export function isRunTag(text: string): boolean {
  return text.length <= LONGEST && TAG.test(text);
}

/** Whether a run with these tags is meant by a tag: `name` also means `name=value`. */
export function hasTag(tags: readonly string[] | undefined, tag: string): boolean {
  return (tags ?? []).some((each) => each === tag || nameOf(each) === tag);
}

export async function writeTags(store: Store, run: string, tags: readonly string[]): Promise<void> {
  const filed = new Set(tags.flatMap((tag) => [tag, nameOf(tag)]));
  await Promise.all([...filed].map((tag) => store.put(folderOf(tag) + run, Buffer.alloc(0))));
}

/** Ids of the runs with a tag, newest first. A run may be gone, or have a tag that differs in case only. */
export async function taggedRuns(store: Store, tag: string): Promise<string[]> {
  return (await store.list(folderOf(tag))).reverse();
}

function folderOf(tag: string): string {
  return `tags/${encodeURIComponent(tag)}/`;
}

function nameOf(tag: string): string {
  return tag.split('=', 1)[0]!;
}
