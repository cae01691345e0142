/** `tagflow gc`: removes old runs, and what nothing needs any more. */
import { sizeText } from '@tagflow/schema';
import colors from 'picocolors';
import { type Garbage, findGarbage } from '../store/garbage.js';
import { readDeployment } from '../cluster/deployment.js';
import { openDeployedStore, openStore } from '../store/location.js';
import { reindex } from '../store/reindex.js';
import { removeGarbage } from '../store/removal.js';
import type { Tell } from '../store/side-by-side.js';
import { table, writeJson } from './text.js';

export interface GcOptions {
  yes?: boolean;
  /** In milliseconds, as is `grace`. */
  olderThan?: number;
  keep?: number;
  grace: number;
  reindex?: boolean;
  /** In the store of runs on the cluster. */
  cluster?: boolean;
  directory: string;
  json?: boolean;
}

export async function gc({ yes = false, directory, cluster, json, ...options }: GcOptions): Promise<void> {
  const store = cluster ? openDeployedStore(readDeployment(directory), directory) : openStore(directory);
  if ((await store.list('')).length === 0) {
    if (json) writeJson({ removed: yes, runs: [], bytes: 0 });
    else process.stdout.write(`There is no store at ${store.location}, so nothing to remove.\n`);
    return;
  }
  const progress = new Progress();
  if (options.reindex) await reindex(store, (runs) => progress.tell('Indexing runs', runs));
  const garbage = await findGarbage(store, options, progress.tell);
  if (yes) await removeGarbage(store, garbage, progress.tell);
  progress.end();
  const { runs, blobs, programs, cached, exports, index, unfinished, bytes } = garbage;
  if (json) {
    const count = (keys: readonly string[]): number => keys.length;
    return writeJson({
      removed: yes,
      runs,
      blobs: count(blobs),
      programs: count(programs),
      cached: count(cached),
      exports: count(exports),
      links: count(index),
      unfinished: count(unfinished),
      bytes,
    });
  }
  process.stdout.write(summary(garbage, yes, store.location));
}

function summary(garbage: Garbage, done: boolean, location: string): string {
  const rows = [
    ['runs', garbage.runs],
    ['values', garbage.blobs],
    ['programs', garbage.programs],
    ['cached results', garbage.cached],
    ['exported pipelines', garbage.exports],
    ['links and tags', garbage.index],
    ['unfinished writes', garbage.unfinished],
  ] as const;
  const found = rows.filter(([, keys]) => keys.length > 0);
  if (found.length === 0) return `Nothing in ${location} is left to remove.\n`;
  const size = sizeText(garbage.bytes);
  return [
    `${done ? 'Removed' : 'To be removed'}, ${size} in all:\n`,
    table(found.map(([name, keys]) => [`  ${name}`, String(keys.length)])),
    done ? '' : 'Nothing has been removed yet: add --yes to do it.\n',
  ].join('');
}

/** A line on standard error that counts: on a terminal while it goes on, elsewhere once it is done. */
class Progress {
  private what = '';
  private done = 0;
  private drawn = 0;

  readonly tell: Tell = (what, done) => {
    if (what !== this.what) this.end();
    [this.what, this.done] = [what, done];
    if (!process.stderr.isTTY || Date.now() - this.drawn < 100) return;
    this.drawn = Date.now();
    process.stderr.write(`\r${this.line()}`);
  };

  end(): void {
    if (this.done > 0) process.stderr.write(process.stderr.isTTY ? `\r${this.line()}\n` : `${this.line()}\n`);
    [this.what, this.done] = ['', 0];
  }

  private line(): string {
    return colors.dim(`${this.what}: ${this.done}`);
  }
}
