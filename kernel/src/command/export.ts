/** `tagflow export`: a pipeline as files from which a cluster runs it, or its images as files. */
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Deployment, Pipeline } from '@tagflow/schema';
import { readDeployment } from '../cluster/deployment.js';
import { exportedFiles, writeExported, writeFiles } from '../cluster/exported.js';
import { exportDockerfiles, exportLayout } from '../cluster/exported-images.js';
import type { LayoutImage } from '../cluster/oci-layout.js';
import { rbacFile } from '../export/argo-files.js';
import { startBundler } from '../bundle/program.js';
import { analyse } from '../run/analysis/analysis.js';
import { PipelineErrors } from '../run/prepare.js';
import { clusterSettingsOf, diagnosticsText } from './cluster-settings.js';
import { refuse, UsageError } from './failure.js';
import { readNotebookFile } from './notebook.js';
import { print, printAside, writeJson } from './text.js';

export interface ExportOptions {
  to: 'argo' | 'rbac' | 'oci' | 'dockerfile';
  out: string;
  namespace?: string;
  branch?: string;
  /** Images that are there already, for all steps or, as `step=image`, for one. */
  image: string[];
  json?: boolean;
}

export async function exportNotebook(path: string, options: ExportOptions): Promise<void> {
  const { to, namespace, branch, image, out, json = false } = options;
  if (to !== 'argo' && image.length > 0)
    throw new UsageError(
      `--image is for --to argo: with --to ${to} no pod is described that could have it. Leave it out.`,
    );
  await checkFolder(out);
  const { text: notebook, directory, path: name } = await readNotebookFile(path);
  // Rights follow from settings, whatever the cells say.
  if (to === 'rbac') return writeRbac(out, notebook, readDeployment(directory, { namespace }), json);
  const pipeline = await analyse({ notebook, directory, name }, startBundler);
  const deployment = readDeployment(directory, { namespace });
  const tell = (what: string): void => void printAside(`${what} …\n`);
  const request = { notebook, path: name, directory, folder: out, pipeline, deployment, tell };
  try {
    if (to === 'oci') return tellLayout(out, await exportLayout(request), json);
    if (to === 'dockerfile') return tellDockerfiles(out, await exportDockerfiles(request), json);
    const exported = await exportedFiles({ ...request, branch, images: imagesOf(pipeline, image) });
    await writeExported(out, exported.files);
    const { diagnostics } = exported.pipeline;
    if (!json) print(warningsText(diagnostics));
    tellFiles(
      exported.files.map((file) => join(out, file.name)),
      json,
      { diagnostics },
    );
  } catch (error) {
    if (!(error instanceof PipelineErrors)) throw error;
    await refuse(error, 'written', json);
  }
}

/** Throws UsageError if a file is where a folder is wanted. */
async function checkFolder(folder: string): Promise<void> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    const found = await stat(path).catch(() => undefined);
    if (found && !found.isDirectory())
      throw new UsageError(`${path} is a file: --out takes a folder, which may be a new one.`);
    if (found || path === dirname(path)) return;
  }
}

async function writeRbac(
  out: string,
  notebook: string,
  deployment: Deployment,
  json: boolean,
): Promise<void> {
  const file = rbacFile(clusterSettingsOf(notebook, deployment), deployment);
  await writeFiles(out, [file]);
  tellFiles([join(out, file.name)], json);
}

function tellFiles(files: readonly string[], json: boolean, more: object = {}): void {
  if (json) writeJson({ files, ...more });
  else print(files.map((file) => `${file}\n`).join(''));
}

/** By step. Throws UsageError if there is no such step. */
function imagesOf({ steps }: Pipeline, given: readonly string[]): Record<string, string> {
  const images: Record<string, string> = {};
  // What is said of one step wins over what is said of all.
  const pairs = given.map((text) => text.split('=').reverse() as [image: string, step?: string]);
  for (const [image, step] of pairs.toSorted(
    ([, a], [, b]) => Number(a !== undefined) - Number(b !== undefined),
  )) {
    const named = steps.filter(({ name }) => step === undefined || name === step);
    if (named.length === 0 && step !== undefined)
      throw new UsageError(`There is no step ${step} for which ${image} could be.`);
    for (const { name } of named) images[name] = image;
  }
  return images;
}

/** What is done with the images next is a command away. */
function tellLayout(out: string, images: Readonly<Record<string, LayoutImage>>, json: boolean): void {
  if (json) return writeJson({ images });
  const tags = new Set(Object.values(images).map(({ tag }) => tag));
  for (const tag of tags) print(`skopeo copy --all oci:${out}:${tag} docker://REGISTRY/tagflow:${tag}\n`);
  for (const [step, { digest }] of Object.entries(images))
    print(`--image ${step}=REGISTRY/tagflow@${digest}\n`);
}

function tellDockerfiles(out: string, folders: Readonly<Record<string, string>>, json: boolean): void {
  if (json) return writeJson({ folders });
  for (const folder of new Set(Object.values(folders))) {
    const steps = Object.keys(folders).filter((step) => folders[step] === folder);
    print(`docker build ${join(out, folder)}  # ${steps.join(', ')}\n`);
  }
}

function warningsText(diagnostics: Pipeline['diagnostics']): string {
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning');
  return warnings.length === 0 ? '' : `${diagnosticsText(warnings)}\n`;
}
