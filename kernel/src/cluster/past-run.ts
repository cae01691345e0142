/** Runs by what a person calls them: in the store of this machine, or in that of the project's runs on a cluster. */
import { setTimeout } from 'node:timers/promises';
import type { Run } from '@tagflow/schema';
import { readDeployment } from './deployment.js';
import { openDeployedStore, openStore } from '../store/location.js';
import { findRunId, type ListOptions, listRuns, readRun } from '../store/records.js';
import { AmbiguousError, StoreError, type Store } from '../store/store.js';

/** So long an answer of the cluster or of its store is waited for, in milliseconds. */
const PATIENCE = 4_000;

export interface PastRun {
  store: Store;
  run: Run;
  /** Why the cluster could not be asked whether the run goes on. */
  unasked?: string;
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
      if (!(error instanceof StoreError) || error instanceof AmbiguousError) throw error;
      problems.push(error);
    }
  }
  found.sort((a, b) => (a.run.id < b.run.id ? 1 : -1));
  const [newest] = found;
  // What cannot be reached is told before what is not there.
  if (!newest) throw problems.at(-1)!;
  return settled(newest);
}

/** Runs of all stores, newest first; what is here also where the cluster's store does not answer, which is told. */
export async function pastRuns(
  [here, ...others]: readonly [Store, ...Store[]],
  {
    before,
    onUnreadable,
    ...wanted
  }: ListOptions & {
    onUnreadable: (error: StoreError) => void;
    /** What a store needs before its runs are listed. */
    before?: ((store: Store) => Promise<void>) | undefined;
  },
): Promise<Run[]> {
  const listOf = async (store: Store): Promise<Run[]> => {
    await before?.(store);
    return listRuns(store, { ...wanted, onUnreadable });
  };
  const list = async (store: Store): Promise<Run[]> => {
    const late = setTimeout(PATIENCE, undefined, { ref: false }).then(() => {
      // What is still being asked would hold up the command's end.
      store.close?.();
      throw new StoreError(`${store.location} does not answer.`);
    });
    return Promise.race([listOf(store), late]).catch((error: unknown) => {
      if (!(error instanceof StoreError)) throw error;
      onUnreadable(error);
      return [];
    });
  };
  const lists = await Promise.all([listOf(here), ...others.map(list)]);
  return lists
    .flat()
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, wanted.limit);
}

/** The store that a run lies in, or this machine's if it is in none. */
export async function storeOfRun(directory: string, reference: string): Promise<Store> {
  const [here, ...others] = storesOf(directory);
  if (others.length === 0) return here;
  return (await pastRun(directory, reference)).store;
}

/** A run on a cluster may have ended without a word: where the cluster can be asked, it is. */
export async function settled({ store, run }: PastRun): Promise<PastRun> {
  if (run.ended !== undefined || !run.cluster) return { store, run };
  const { context, namespace } = run.cluster;
  const [{ connect }, { settleRun }] = await Promise.all([import('./kubernetes.js'), import('./watch.js')]);
  const unasked = (reason: unknown): PastRun => ({ store, run, unasked: messageOf(reason) });
  try {
    const cluster = await connect({ context, namespace });
    const late = setTimeout(PATIENCE, unasked(`The cluster ${context} does not answer.`), { ref: false });
    const asked = settleRun(store, cluster, run).then((now) => ({ store, run: now }), unasked);
    return await Promise.race([asked, late]).finally(() => cluster.close());
  } catch (error) {
    return unasked(error);
  }
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
