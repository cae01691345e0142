/** Where the store of a notebook lies. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Deployment } from '@tagflow/schema';
import { FolderStore } from './file.js';
import { S3Store } from './s3.js';
import { CA, isS3, s3Access } from './s3-access.js';
import { StoreAccessError, StoreError, type Store } from './store.js';

/** The folder of the nearest package.json at or above a directory; the directory itself if there is none. */
export function projectOf(directory: string): string {
  const start = resolve(directory);
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return start;
  }
}

/**
 * The store for notebooks in a directory: TAGFLOW_STORE if set, else `.tagflow` in their project's folder. It is made
 * when something is first written to it.
 * @throws StoreError if it cannot be read, has a newer format, or if there is no such directory
 */
export function openStore(directory: string): Store {
  const location = process.env['TAGFLOW_STORE'];
  // Else a first write would make the folder anew, where nobody looks for it.
  if (!location && !existsSync(directory))
    throw new StoreError(
      `There is no folder ${resolve(directory)}. If it was moved while a kernel runs in it, shut that down and open the notebook again.`,
    );
  return openStoreAt(location || join(projectOf(directory), '.tagflow'));
}

/**
 * The store in a folder, or in a bucket by its address, s3://BUCKET/PREFIX.
 * @param env where the bucket's credentials, region and endpoint are looked up
 */
export function openStoreAt(location: string, env: NodeJS.ProcessEnv = process.env): Store {
  return isS3(location) ? new S3Store(s3Access(location, env)) : new FolderStore(resolve(location));
}

/**
 * The store that another process has opened and written to, with what it said of access.
 */
export function openStoreFor(location: string, access: Readonly<Record<string, string>> = {}): Store {
  if (!isS3(location)) return openStoreAt(location);
  return new S3Store(s3Access(location, { ...process.env, ...access }, access[CA]), true);
}

/**
 * The store of runs on a cluster, as it is reached from here.
 * @throws StoreError if the project names none
 */
export function openDeployedStore({ store }: Deployment, directory: string): Store {
  if (store?.url === undefined)
    throw new StoreAccessError(
      'Runs on a cluster need a store that pods reach: set `tagflow.store.url` in package.json to s3://BUCKET/PREFIX.',
    );
  const env = {
    ...process.env,
    ...(store.endpoint === undefined ? {} : { AWS_ENDPOINT_URL_S3: store.endpoint }),
    ...(store.region === undefined ? {} : { AWS_REGION: store.region }),
  };
  const ca = store.ca === undefined ? undefined : readFileSync(join(projectOf(directory), store.ca), 'utf8');
  return new S3Store(s3Access(store.url, env, ca));
}
