/**
 * Runs a pipeline that was analysed before, as the command line does, but at once: so that many can be killed.
 *
 *     node pipeline.mjs FOLDER [RUN]
 *
 * FOLDER has notebook.ipynb and pipeline.json. With RUN it goes on with that run.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goOnWith } from '../../kernel/lib/run/origin.js';
import { startRun } from '../../kernel/lib/run/start.js';
import { FolderStore } from '../../kernel/lib/store/file.js';
import { readRun } from '../../kernel/lib/store/records.js';

const [folder, earlier] = process.argv.slice(2);
const store = new FolderStore(join(folder, '.tagflow'));
const notebook = readFileSync(join(folder, 'notebook.ipynb'), 'utf8');
const what = earlier
  ? await goOnWith(store, await readRun(store, earlier), 'resume', folder, notebook)
  : { notebook, path: 'notebook.ipynb', directory: folder };
const pipeline = JSON.parse(readFileSync(join(folder, 'pipeline.json'), 'utf8'));
const run = await startRun({ ...what, pipeline, store, trigger: 'command' });
process.exitCode = run.state === 'succeeded' ? 0 : 1;
