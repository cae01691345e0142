/** From a notebook to files from which a cluster runs its pipeline: what `tagflow export` and the extension call. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployment, Pipeline } from '@tagflow/schema';
import type { ArgoOptions } from '../export/argo.js';
import { checkArgo } from '../export/argo-check.js';
import { ARGO_FILES, type ArgoFile, argoFiles, MADE_BY } from '../export/argo-files.js';
import { settingsOf } from '../pipeline/index.js';
import { gitState } from '../run/git.js';
import { PipelineErrors } from '../run/prepare.js';
import { placeExport } from './placed-export.js';

export interface ExportRequest {
  /** The notebook's text. */
  notebook: string;
  path: string;
  directory: string;
  /** The notebook's, with its sources. */
  pipeline: Pipeline;
  deployment: Deployment;
  branch?: string;
  /** For all steps; without it images are built and pushed. */
  image?: string;
  /** Hears what takes a while. */
  tell: (text: string) => void;
}

export interface Exported {
  files: ArgoFile[];
  /** With what was found in view of Argo's limits. */
  pipeline: Pipeline;
}

/** @throws PipelineErrors if anything is wrong with the pipeline; others as `submitRun` */
export async function exportedFiles(request: ExportRequest): Promise<Exported> {
  const { notebook, path, directory, pipeline, deployment, branch, image, tell } = request;
  refuseErrors(pipeline);
  const { cluster = {} } = settingsOf(notebook);
  const placed =
    image === undefined
      ? await placeExport({
          notebook,
          path,
          directory,
          pipeline,
          trigger: 'schedule',
          deployment,
          settings: cluster,
          tell,
        })
      : { images: Object.fromEntries(pipeline.steps.map((step) => [step.name, image])) };
  const argo: ArgoOptions = {
    cluster,
    deployment,
    ...placed,
    branch: branch ?? (await gitState(directory))?.branch,
  };
  const checked = {
    ...pipeline,
    diagnostics: [...pipeline.diagnostics, ...checkArgo(pipeline, argo)],
  };
  refuseErrors(checked);
  return { files: argoFiles(pipeline, argo), pipeline: checked };
}

function refuseErrors(pipeline: Pipeline): void {
  const errors = pipeline.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new PipelineErrors(pipeline, errors);
}

/** A file of an earlier export that there is no longer is removed, if it is one of ours. */
export async function writeExported(folder: string, files: readonly ArgoFile[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, text } of files) await writeFile(join(folder, name), text);
  const names = new Set(files.map(({ name }) => name));
  for (const name of ARGO_FILES.filter((each) => !names.has(each))) {
    const path = join(folder, name);
    const old = await readFile(path, 'utf8').catch(() => '');
    if (old.includes(MADE_BY)) await rm(path);
  }
}
