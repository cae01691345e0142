/** Stores that have grown old, and removals from them. */
import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { FolderStore } from '../../kernel/lib/store/file.js';
import { type Garbage, type GarbageOptions, findGarbage } from '../../kernel/lib/store/garbage.js';
import { removeGarbage } from '../../kernel/lib/store/removal.js';

export const DAY = 86_400_000;

export function keysOf({ location }: FolderStore): string[] {
  return readdirSync(location, { recursive: true, encoding: 'utf8' }).filter((key) =>
    statSync(join(location, key)).isFile(),
  );
}

/** All in the store seems written long ago, but for what is named. */
export function makeOld(store: FolderStore, days = 40, except: (key: string) => boolean = () => false): void {
  const then = new Date(Date.now() - days * DAY);
  for (const key of keysOf(store)) if (!except(key)) utimesSync(join(store.location, key), then, then);
}

export async function collect(store: FolderStore, options: GarbageOptions): Promise<Garbage> {
  const garbage = await findGarbage(store, options);
  await removeGarbage(store, garbage);
  return garbage;
}
