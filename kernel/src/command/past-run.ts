/** Runs by what a person calls them: in the store of this machine, or in that of the project's runs on a cluster. */
import type { Run } from '@tagflow/schema';
import { readDeployment } from '../cluster/deployment.js';
import { openDeployedStore, openStore } from '../store/location.js';
import { findRunId, readRun } from '../store/records.js';
import { StoreError, type Store } from '../store/store.js';

export interface PastRun {
  store: Store;
  run: Run;
}

/** This machine's first; the cluster's only where package.json names one. */
export function storesOf(directory: string): [Store, ...Store[]] {
  const here = openStore(directory);
  const deployment = readDeployment(directory);
  if (deployment.store?.url === undefined || process.env['TAGFLOW_STORE']) return [here];
  return [here, openDeployedStore(deployment, directory)];
}

/**
 * @param reference `latest`, an id, or the beginning of one
 * @throws StoreError if there is none, or more than one
 */
export async function pastRun(directory: string, reference: string): Promise<PastRun> {
  const found: PastRun[] = [];
  const problems: StoreError[] = [];
  for (const store of storesOf(directory)) {
    try {
      found.push({ store, run: await readRun(store, await findRunId(store, reference)) });
      if (reference !== 'latest') break;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      problems.push(error);
    }
  }
  found.sort((a, b) => (a.run.id < b.run.id ? 1 : -1));
  const [newest] = found;
  // What cannot be reached is told before what is not there.
  if (!newest) throw problems.at(-1)!;
  return { ...newest, run: await settled(newest) };
}

/** The store that a run lies in, or this machine's if it is in none. */
export async function storeOfRun(directory: string, reference: string): Promise<Store> {
  const [here, ...others] = storesOf(directory);
  if (others.length === 0) return here;
  return (await pastRun(directory, reference)).store;
}

/** So long an answer of the cluster is waited for, in milliseconds. */
const PATIENCE = 4_000;

/** A run on a cluster may have ended without a word: where the cluster can be asked, it is. */
async function settled({ store, run }: PastRun): Promise<Run> {
  if (run.ended !== undefined || !run.cluster) return run;
  const { context, namespace } = run.cluster;
  const late = new Promise<Run>((resolve) => setTimeout(resolve, PATIENCE, run).unref());
  const asked = (async () => {
    const [{ connect }, { settleRun }] = await Promise.all([
      import('../cluster/kubernetes.js'),
      import('../cluster/watch.js'),
    ]);
    return settleRun(store, await connect({ context, namespace }), run);
  })().catch(() => run);
  return Promise.race([asked, late]);
}
