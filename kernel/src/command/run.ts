/** `tagflow run`: the notebook is analysed in another process while this one loads what running takes. */
import { startBundler } from '../bundle/program.js';
import { analyse } from '../run/analysis/analysis.js';
import { readNotebookFile } from './notebook.js';
import type { RunOptions } from './run-show.js';

export async function run(path: string, options: RunOptions): Promise<void> {
  const { text, directory } = await readNotebookFile(path);
  const pipeline = analyse({ notebook: text, directory, name: path }, startBundler);
  Promise.resolve(pipeline).catch(() => undefined); // told where it is waited for
  const { runAndShow } = await import('./run-show.js');
  const { openStore } = await import('../store/location.js');
  await runAndShow({ notebook: text, path, directory, store: openStore(directory), pipeline }, options);
}
