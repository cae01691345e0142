/** What an exported pipeline needs besides its documents: images in the registry, and in the store what its runs begin from. */
import type { ClusterSettings, Deployment, Digest } from '@tagflow/schema';
import { type RunRequest, prepareRun } from '../run/prepare.js';
import { placePipeline } from '../run/pod/placement.js';
import { runStart } from '../run/run-start.js';
import { projectSurroundings } from '../run/key/surroundings.js';
import { keepKnownStart } from '../run/pod/unsubmitted.js';
import { putBlob } from '../store/content.js';
import { openDeployedStore } from '../store/location.js';
import { imageNames, placedImages, stepImages } from './step-images.js';

export interface ExportRequest extends RunRequest {
  deployment: Deployment;
  settings: ClusterSettings;
  /** Images by step that are there already; those of other steps are built and pushed. */
  given?: Readonly<Record<string, string>>;
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
  const { directory, deployment, settings, given = {}, tell } = request;
  const store = openDeployedStore(deployment, directory);
  const prepared = await prepareRun(request);
  const { plan, programOf, facts } = prepared;
  const images = await stepImages(prepared, { deployment, settings, directory, given, tell });
  const [document, placement] = await Promise.all([
    putBlob(store, Buffer.from(JSON.stringify(plan.pipeline))),
    placePipeline(plan.pipeline, {
      store,
      surroundings: projectSurroundings(directory),
      programOf,
      images: placedImages(plan.pipeline, images, given),
      cache: request.cache ?? true,
    }),
  ]);
  const { pipeline, notebook, versions } = runStart(plan, document.digest, facts);
  const source = facts.notebook && (await putBlob(store, Buffer.from(facts.notebook.text))).digest;
  // Without git's commit: files that are committed would change with the commit that holds them.
  const start = await keepKnownStart(store, {
    format: 1,
    pipeline,
    document: document.digest,
    ...(notebook === undefined ? {} : { notebook }),
    ...(source === undefined ? {} : { source }),
    versions,
    placement,
  });
  return { images: imageNames(images), start };
}
