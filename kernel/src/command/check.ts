/** `tagflow check`: the pipeline of a notebook, and what is wrong with it. */
import { checkText, pipelineOf } from '../pipeline/index.js';
import { readNotebookFile } from './notebook.js';
import { writeJson } from './text.js';

export async function check(path: string, { json }: { json?: boolean }): Promise<void> {
  const notebook = await readNotebookFile(path);
  const { pipeline } = pipelineOf(notebook.text, { directory: notebook.directory, name: notebook.path });
  if (json) writeJson(pipeline);
  else process.stdout.write(checkText(pipeline));
  if (pipeline.diagnostics.some(({ severity }) => severity === 'error')) process.exitCode = 1;
}
