/** `tagflow runs`: past runs. */
import { pastRuns, storesOf } from '../cluster/past-run.js';
import type { ListOptions } from '../store/records.js';
import { requireIndex } from './index-of-runs.js';
import { print, printAside, stateText, table, timeText, writeJson } from './text.js';

export interface RunsOptions extends ListOptions {
  directory: string;
  json?: boolean;
}

export async function runs({ directory, json, ...wanted }: RunsOptions): Promise<void> {
  const stores = storesOf(directory);
  let unreadable = 0;
  const onUnreadable = ({ message }: Error): void => {
    unreadable++;
    printAside(`${message}\n`);
  };
  const list = await pastRuns(stores, {
    ...wanted,
    onUnreadable,
    before: wanted.tag === undefined ? undefined : requireIndex,
  });
  const [here, ...others] = stores;
  if (json) return writeJson(list);
  if (list.length === 0) {
    if (unreadable > 0) return;
    const { pipeline, state, tag, since } = wanted;
    print(
      [pipeline, state, tag, since].some((each) => each !== undefined)
        ? `No run in ${here.location} is like that. \`tagflow runs\` lists all.\n`
        : `There is no run yet in ${here.location}. \`tagflow run NOTEBOOK\` makes one.\n`,
    );
    return;
  }
  print(
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
