/** `tagflow runs`: past runs. */
import { openStore } from '../store/location.js';
import { listRuns } from '../store/records.js';
import { timeText, stateText, table, writeJson } from './text.js';

export interface RunsOptions {
  limit: number;
  pipeline?: string;
  directory: string;
  json?: boolean;
}

export async function runs({ limit, pipeline, directory, json }: RunsOptions): Promise<void> {
  const store = openStore(directory);
  let unreadable = 0;
  const list = await listRuns(store, {
    limit,
    pipeline,
    onUnreadable: ({ message }) => {
      unreadable++;
      process.stderr.write(`${message}\n`);
    },
  });
  if (json) return writeJson(list);
  if (list.length === 0) {
    if (unreadable > 0) return;
    process.stdout.write(`There is no run yet in ${store.location}. \`tagflow run NOTEBOOK\` makes one.\n`);
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
      ]),
    ),
  );
}
