/** A run on a cluster, shown while it goes on and at its end. */
import type { RunStart } from '@tagflow/schema';
import { type Cluster } from '../cluster/kubernetes.js';
import { watchRun } from '../cluster/watch.js';
import { readPipeline } from '../store/records.js';
import type { Store } from '../store/store.js';
import { progressOf } from './progress.js';
import { summary } from './run-show.js';
import { print, printAside, writeJson } from './text.js';

export interface ClusterOptions {
  context?: string;
  namespace?: string;
  json?: boolean;
}

/** Shows a run until it has ended; the exit code says whether it succeeded. Ctrl-C leaves off, and the run goes on. */
export async function follow(
  store: Store,
  cluster: Cluster,
  start: RunStart,
  { json = false }: ClusterOptions,
): Promise<void> {
  const progress = await progressOf({ json });
  const leave = new AbortController();
  const onSignal = (): void => leave.abort();
  process.once('SIGINT', onSignal);
  try {
    const run = await watchRun(store, cluster, start, {
      onEvent: (event) => progress.tell(event),
      onAway: ({ message }) => progress.away(message),
      onBack: () => progress.back(),
      signal: leave.signal,
    });
    progress.end();
    if (run?.ended === undefined) {
      printAside(`Run ${start.id} goes on. tagflow watch ${start.id} follows it again.\n`);
      return;
    }
    if (json) writeJson(run);
    else print(summary(run, await readPipeline(store, run)));
    process.exitCode = run.state === 'succeeded' ? 0 : 1;
  } finally {
    progress.end();
    process.off('SIGINT', onSignal);
    // What is still being asked would hold up the command's end.
    cluster.close();
    store.close?.();
  }
}
