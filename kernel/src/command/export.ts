/** `tagflow export`: a pipeline as files from which a cluster runs it. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic, Pipeline } from '@tagflow/schema';
import { readDeployment } from '../cluster/deployment.js';
import { placeExport } from '../cluster/placed-export.js';
import type { ArgoOptions } from '../export/argo.js';
import { checkArgo } from '../export/argo-check.js';
import { ARGO_FILES, type ArgoFile, argoFiles, MADE_BY } from '../export/argo-files.js';
import { checkText, pipelineOf, settingsOf } from '../pipeline/index.js';
import { gitState } from '../run/git.js';
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
  const { text, directory, path: name } = await readNotebookFile(path);
  const { pipeline } = pipelineOf(text, { directory, name });
  const deployment = readDeployment(directory, { namespace: options.namespace });
  const { cluster = {} } = settingsOf(text);
  if (!isSound(pipeline.diagnostics)) return refuse(pipeline, options);
  const placed =
    options.image === undefined
      ? await placeExport({
          notebook: text,
          path: name,
          directory,
          pipeline,
          trigger: 'schedule',
          deployment,
          settings: cluster,
          tell: (what) => void process.stderr.write(`${what} …\n`),
        })
      : { images: Object.fromEntries(pipeline.steps.map((step) => [step.name, options.image!])) };
  const argo: ArgoOptions = {
    cluster,
    deployment,
    ...placed,
    branch: options.branch ?? (await gitState(directory))?.branch,
  };
  const found = checkArgo(pipeline, argo);
  const checked = { ...pipeline, diagnostics: [...pipeline.diagnostics, ...found] };
  if (!isSound(checked.diagnostics)) return refuse(checked, options);
  const files = argoFiles(pipeline, argo);
  await write(options.out, files);
  const paths = files.map((file) => join(options.out, file.name));
  if (options.json) writeJson({ files: paths, diagnostics: checked.diagnostics });
  else process.stdout.write(`${warningsText(checked)}${paths.map((file) => `${file}\n`).join('')}`);
}

/** Nothing is written where something is wrong; exit code 2, as where the command itself is wrong. */
function refuse(pipeline: Pipeline, { json }: ExportOptions): void {
  const errors = pipeline.diagnostics.filter(({ severity }) => severity === 'error');
  if (json)
    writeJson({ error: `Nothing was written. ${errors[0]!.message}`, diagnostics: pipeline.diagnostics });
  else process.stderr.write(`${checkText(pipeline)}\nNothing was written.\n`);
  process.exitCode = 2;
}

/** A file of an earlier export that there is no longer is removed, if it is one of ours. */
async function write(folder: string, files: readonly ArgoFile[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, text } of files) await writeFile(join(folder, name), text);
  const names = new Set(files.map(({ name }) => name));
  for (const name of ARGO_FILES.filter((each) => !names.has(each))) {
    const path = join(folder, name);
    const old = await readFile(path, 'utf8').catch(() => '');
    if (old.includes(MADE_BY)) await rm(path);
  }
}

function isSound(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.every(({ severity }) => severity !== 'error');
}

function warningsText({ diagnostics }: Pipeline): string {
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning');
  return warnings
    .map(({ code, message, advice }) => `warning ${code}: ${message} ${advice ?? ''}\n`)
    .join('');
}
