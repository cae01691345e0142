/** From a notebook to files from which a cluster runs its pipeline: what `tagflow export` and the extension call. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployment, Pipeline } from '@tagflow/schema';
import type { ArgoOptions } from '../export/argo.js';
import { withArgoDiagnostics } from '../export/argo-check.js';
import { ARGO_FILES, type ArgoFile, argoFiles } from '../export/argo-files.js';
import { settingsOf } from '../pipeline/cells.js';
import { gitState } from '../run/git.js';
import { refuseErrors } from '../run/prepare.js';
import { placeExport } from './placed-export.js';
import { checkReplaceable, isOurs } from './replaceable.js';

export interface ExportRequest {
  /** The notebook's text. */
  notebook: string;
  path: string;
  directory: string;
  /** The notebook's, with its sources. */
  pipeline: Pipeline;
  deployment: Deployment;
  /** Where the files go. */
  folder: string;
  branch?: string;
  /** By step, images that are there already; those of other steps are built and pushed. */
  images?: Readonly<Record<string, string>>;
  /** Hears what takes a while. */
  tell: (text: string) => void;
}

export interface Exported {
  files: ArgoFile[];
  /** With what was found in view of Argo's limits. */
  pipeline: Pipeline;
}

/** @throws PipelineErrors if anything is wrong with the pipeline, ExportError if anything is in the way; others as `submitRun` */
export async function exportedFiles(request: ExportRequest): Promise<Exported> {
  const { notebook, path, directory, folder, pipeline, deployment, branch, images, tell } = request;
  refuseErrors(pipeline);
  const { cluster = {} } = settingsOf(notebook);
  const common = { cluster, deployment, branch: branch ?? (await gitState(directory))?.branch };
  // First with images that are yet to be built: what cannot be is not built for.
  const toBeBuilt = Object.fromEntries(pipeline.steps.map(({ name }) => [name, TO_BE_BUILT]));
  const planned: ArgoOptions = { ...common, images: { ...toBeBuilt, ...images } };
  refuseErrors(withArgoDiagnostics(pipeline, planned));
  await checkNames(folder, argoFiles(pipeline, planned));
  const placed = await placeExport({
    notebook,
    path,
    directory,
    pipeline,
    trigger: 'schedule',
    deployment,
    settings: cluster,
    given: images,
    tell,
  });
  const argo: ArgoOptions = { ...common, ...placed };
  const checked = withArgoDiagnostics(pipeline, argo);
  refuseErrors(checked);
  return { files: argoFiles(pipeline, argo), pipeline: checked };
}

const TO_BE_BUILT = `image@sha256:${'0'.repeat(64)}`;

/** A file of an earlier export that there is no longer is removed, if it is one of ours. */
export async function writeExported(folder: string, files: readonly ArgoFile[]): Promise<void> {
  await writeFiles(folder, files);
  const names = new Set(files.map(({ name }) => name));
  for (const name of ARGO_FILES.filter((each) => !names.has(each))) {
    const path = join(folder, name);
    if (await isOurs(path)) await rm(path);
  }
}

/** @throws ExportError if there is one that is not ours */
export async function writeFiles(folder: string, files: readonly ArgoFile[]): Promise<void> {
  await checkNames(folder, files);
  await mkdir(folder, { recursive: true });
  for (const { name, text } of files) await writeFile(join(folder, name), text);
}

function checkNames(folder: string, files: readonly ArgoFile[]): Promise<void> {
  return checkReplaceable(
    folder,
    files.map(({ name }) => name),
  );
}
