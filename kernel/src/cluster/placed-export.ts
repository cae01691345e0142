/** What an exported pipeline needs besides its documents: images in the registry, and in the store what its runs begin from. */
import type { ClusterSettings, Deployment, Digest } from '@tagflow/schema';
import { type RunRequest, prepareRun } from '../run/prepare.js';
import { placePipeline } from '../run/placement.js';
import { runStart } from '../run/run-start.js';
import { projectSurroundings } from '../run/surroundings.js';
import { keepKnownStart } from '../run/unsubmitted.js';
import { putBlob } from '../store/content.js';
import { openDeployedStore } from '../store/location.js';
import { imageNames, placedImages, stepImages } from './step-images.js';

export interface ExportRequest extends RunRequest {
  deployment: Deployment;
  settings: ClusterSettings;
  /** Hears what takes a while. */
  tell: (text: string) => void;
}

/**
 * @returns the images by step, and the blob that runs begin from
 * @throws as `submitRun`
 */
export async function placeExport(
  request: ExportRequest,
): Promise<{ images: Record<string, string>; start: Digest }> {
  const { directory, deployment, settings, tell } = request;
  const store = openDeployedStore(deployment, directory);
  const prepared = await prepareRun(request);
  const { plan, programOf, facts } = prepared;
  const images = await stepImages(prepared, { deployment, settings, directory, tell });
  const [document, placement] = await Promise.all([
    putBlob(store, Buffer.from(JSON.stringify(plan.pipeline))),
    placePipeline(plan.pipeline, {
      store,
      surroundings: projectSurroundings(directory),
      programOf,
      images: placedImages(plan.pipeline, images),
      cache: request.cache ?? true,
    }),
  ]);
  const { pipeline, notebook, git, versions } = runStart(plan, document.digest, facts);
  const start = await keepKnownStart(store, {
    format: 1,
    pipeline,
    document: document.digest,
    ...(notebook === undefined ? {} : { notebook }),
    ...(git ? { git } : {}),
    versions,
    placement,
  });
  return { images: imageNames(images), start };
}
