/** `tagflow runs`: past runs. */
import type { Run } from '@tagflow/schema';
import { type ListOptions, listRuns } from '../store/records.js';
import { StoreError } from '../store/store.js';
import { requireIndex } from './index-of-runs.js';
import { storesOf } from './past-run.js';
import { stateText, table, timeText, writeJson } from './text.js';

export interface RunsOptions extends ListOptions {
  directory: string;
  json?: boolean;
}

export async function runs({ directory, json, ...wanted }: RunsOptions): Promise<void> {
  const stores = storesOf(directory);
  if (wanted.tag !== undefined) for (const store of stores) await requireIndex(store);
  let unreadable = 0;
  const onUnreadable = ({ message }: Error): void => {
    unreadable++;
    process.stderr.write(`${message}\n`);
  };
  const [here, ...others] = stores;
  const lists = [
    await listRuns(here, { ...wanted, onUnreadable }),
    // What is here is shown also where the cluster's store cannot be reached.
    ...(await Promise.all(
      others.map((store) => listRuns(store, { ...wanted, onUnreadable }).catch(unless(onUnreadable))),
    )),
  ];
  const list = lists
    .flat()
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, wanted.limit);
  if (json) return writeJson(list);
  if (list.length === 0) {
    if (unreadable > 0) return;
    const { pipeline, state, tag, since } = wanted;
    process.stdout.write(
      [pipeline, state, tag, since].some((each) => each !== undefined)
        ? `No run in ${here.location} is like that. \`tagflow runs\` lists all.\n`
        : `There is no run yet in ${here.location}. \`tagflow run NOTEBOOK\` makes one.\n`,
    );
    return;
  }
  process.stdout.write(
    table(
      list.map((run) => [
        run.id,
        run.pipeline,
        stateText(run.state),
        ...(others.length > 0
          ? [run.cluster ? `${run.cluster.context ?? 'cluster'}/${run.cluster.namespace}` : 'here']
          : []),
        timeText(run.created, run.ended),
        Object.entries(run.parameters)
          .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
          .join(' '),
        (run.tags ?? []).join(' '),
      ]),
    ),
  );
}

function unless(tell: (error: StoreError) => void): (error: unknown) => Run[] {
  return (error) => {
    if (!(error instanceof StoreError)) throw error;
    tell(error);
    return [];
  };
}
