/** `tagflow runs`: past runs. */
import { openStore } from '../store/location.js';
import { type ListOptions, listRuns } from '../store/records.js';
import { requireIndex } from './index-of-runs.js';
import { stateText, table, timeText, writeJson } from './text.js';

export interface RunsOptions extends ListOptions {
  directory: string;
  json?: boolean;
}

export async function runs({ directory, json, ...wanted }: RunsOptions): Promise<void> {
  const store = openStore(directory);
  if (wanted.tag !== undefined) await requireIndex(store);
  let unreadable = 0;
  const list = await listRuns(store, {
    ...wanted,
    onUnreadable: ({ message }) => {
      unreadable++;
      process.stderr.write(`${message}\n`);
    },
  });
  if (json) return writeJson(list);
  if (list.length === 0) {
    if (unreadable > 0) return;
    const { pipeline, state, tag, since } = wanted;
    process.stdout.write(
      [pipeline, state, tag, since].some((each) => each !== undefined)
        ? `No run in ${store.location} is like that. \`tagflow runs\` lists all.\n`
        : `There is no run yet in ${store.location}. \`tagflow run NOTEBOOK\` makes one.\n`,
    );
    return;
  }
  process.stdout.write(
    table(
      list.map((run) => [
        run.id,
        run.pipeline,
        stateText(run.state),
        timeText(run.created, run.ended),
        Object.entries(run.parameters)
          .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
          .join(' '),
        (run.tags ?? []).join(' '),
      ]),
    ),
  );
}
