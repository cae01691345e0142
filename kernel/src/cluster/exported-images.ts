/** The images of a notebook's pipeline as files, for those who bring them to a registry by other means. */
import { settingsOf } from '../pipeline/cells.js';
import { prepareRun } from '../run/prepare.js';
import { writeDockerfiles } from './docker-context.js';
import type { ExportRequest } from './exported.js';
import { type LayoutImage, writeOciLayout } from './oci-layout.js';
import { imagePlans, installs } from './step-images.js';

/**
 * Images in an OCI layout.
 * @returns by step
 * @throws PipelineErrors, and what `writeOciLayout` does
 */
export async function exportLayout(request: ExportRequest): Promise<Record<string, LayoutImage>> {
  return writeOciLayout(await plansOf(request), request.folder, {
    registry: request.deployment.registry,
    onProgress: (event) => void (event.kind === 'install' && request.tell(installs(event))),
  });
}

/**
 * Folders for `docker build`.
 * @returns by step, relative to the folder
 * @throws PipelineErrors, and what `writeDockerfiles` does
 */
export async function exportDockerfiles(request: ExportRequest): Promise<Record<string, string>> {
  return writeDockerfiles(await plansOf(request), request.folder);
}

async function plansOf({ notebook, path, directory, pipeline, deployment }: ExportRequest) {
  const prepared = await prepareRun({ notebook, path, directory, pipeline, trigger: 'command' });
  return imagePlans(prepared, { deployment, settings: settingsOf(notebook).cluster ?? {}, directory });
}
