/** The images of a notebook's pipeline as files, for those who bring them to a registry by other means. */
import type { Deployment, Pipeline } from '@tagflow/schema';
import { settingsOf } from '../pipeline/index.js';
import { PipelineErrors, prepareRun } from '../run/prepare.js';
import { writeDockerfiles } from './docker-context.js';
import { type LayoutImage, writeOciLayout } from './oci-layout.js';
import { imagePlans, installs } from './step-images.js';

export interface ImageExport {
  /** The notebook's text. */
  notebook: string;
  path: string;
  directory: string;
  /** The notebook's, with its sources. */
  pipeline: Pipeline;
  deployment: Deployment;
  /** Hears what takes a while. */
  tell: (text: string) => void;
}

/**
 * Images in an OCI layout.
 * @returns by step
 * @throws PipelineErrors, and what `writeOciLayout` does
 */
export async function exportLayout(
  request: ImageExport,
  folder: string,
): Promise<Record<string, LayoutImage>> {
  return writeOciLayout(await plansOf(request), folder, {
    registry: request.deployment.registry,
    onProgress: (event) => void (event.kind === 'install' && request.tell(installs(event))),
  });
}

/**
 * Folders for `docker build`.
 * @returns by step, relative to the folder
 * @throws PipelineErrors, and what `writeDockerfiles` does
 */
export async function exportDockerfiles(
  request: ImageExport,
  folder: string,
): Promise<Record<string, string>> {
  return writeDockerfiles(await plansOf(request), folder);
}

async function plansOf({ notebook, path, directory, pipeline, deployment }: ImageExport) {
  const errors = pipeline.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new PipelineErrors(pipeline, errors);
  const prepared = await prepareRun({ notebook, path, directory, pipeline, trigger: 'command' });
  return imagePlans(prepared, { deployment, settings: settingsOf(notebook).cluster ?? {}, directory });
}
