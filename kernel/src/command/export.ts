/** `tagflow export`: a pipeline as files from which a cluster runs it. */
import { join } from 'node:path';
import type { Pipeline } from '@tagflow/schema';
import { readDeployment } from '../cluster/deployment.js';
import { exportedFiles, writeExported } from '../cluster/exported.js';
import { checkText, pipelineOf } from '../pipeline/index.js';
import { PipelineErrors } from '../run/prepare.js';
import { readNotebookFile } from './notebook.js';
import { writeJson } from './text.js';

export interface ExportOptions {
  to: 'argo';
  out: string;
  namespace?: string;
  branch?: string;
  /** For all steps; without it images are built and pushed. */
  image?: string;
  json?: boolean;
}

export async function exportNotebook(path: string, options: ExportOptions): Promise<void> {
  const { namespace, branch, image, out, json } = options;
  const { text: notebook, directory, path: name } = await readNotebookFile(path);
  const { pipeline } = pipelineOf(notebook, { directory, name });
  const deployment = readDeployment(directory, { namespace });
  const tell = (what: string): void => void process.stderr.write(`${what} …\n`);
  try {
    const exported = await exportedFiles({
      notebook,
      path: name,
      directory,
      pipeline,
      deployment,
      branch,
      image,
      tell,
    });
    await writeExported(out, exported.files);
    const paths = exported.files.map((file) => join(out, file.name));
    if (json) writeJson({ files: paths, diagnostics: exported.pipeline.diagnostics });
    else
      process.stdout.write(`${warningsText(exported.pipeline)}${paths.map((file) => `${file}\n`).join('')}`);
  } catch (error) {
    if (!(error instanceof PipelineErrors)) throw error;
    refuse(error, json);
  }
}

/** Nothing is written where something is wrong; exit code 2, as where the command itself is wrong. */
function refuse({ pipeline, diagnostics }: PipelineErrors, json = false): void {
  if (json)
    writeJson({
      error: `Nothing was written. ${diagnostics[0]!.message}`,
      diagnostics: pipeline.diagnostics,
    });
  else process.stderr.write(`${checkText(pipeline)}\nNothing was written.\n`);
  process.exitCode = 2;
}

function warningsText({ diagnostics }: Pipeline): string {
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning');
  return warnings
    .map(({ code, message, advice }) => `warning ${code}: ${message} ${advice ?? ''}\n`)
    .join('');
}
