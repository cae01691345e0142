/** Where a bucket is and who asks: from an address, and the environment as AWS's own tools read it. */
import { StoreAccessError, StoreError } from './store.js';

export interface S3Access {
  /** `s3://BUCKET/PREFIX`. */
  location: string;
  bucket: string;
  region: string;
  endpoint: URL;
  /** Certificates that sign the endpoint's, beside those that are known anyway. */
  ca?: string;
  /** Of an object; with no key, of the bucket. */
  urlOf(key: string): URL;
  credentials(): Promise<Credentials>;
  /** What another process needs of the environment: it may hold secrets. */
  environment: Record<string, string>;
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

const LOCATION = /^s3:\/\/([a-z0-9][a-z0-9.-]+[a-z0-9])(?:\/(.*))?$/;

/** What another process is told beside AWS's own variables: see `S3Access.ca`. */
export const CA = 'TAGFLOW_STORE_CA';

export function isS3(location: string): boolean {
  return location.startsWith('s3://');
}

function environmentOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const wanted = Object.entries(env).filter(([name]) => name.startsWith('AWS_') || name === 'HOME');
  return Object.fromEntries(wanted.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** @throws StoreError if the location is no address of a bucket */
export function s3Access(location: string, env: NodeJS.ProcessEnv, ca?: string): S3Access {
  const [, bucket, path = ''] = LOCATION.exec(location) ?? [];
  if (bucket === undefined)
    throw new StoreError(
      `${JSON.stringify(location)} is no address of a bucket: it takes s3://BUCKET/PREFIX.`,
    );
  const prefix = path.replace(/\/+$/, '');
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const named = env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'];
  // Who names an endpoint has a server of their own, whose buckets are paths.
  const endpoint = endpointOf(named ?? `https://${bucket}.s3.${region}.amazonaws.com`);
  const base = named === undefined ? '' : `/${bucket}`;
  return {
    location,
    bucket,
    region,
    endpoint,
    ...(ca === undefined ? {} : { ca }),
    urlOf(key) {
      const url = new URL(endpoint);
      const whole = key === '' ? '' : [prefix, key].filter(Boolean).join('/');
      url.pathname = `${url.pathname.replace(/\/$/, '')}${base}/${whole.split('/').map(encodeURIComponent).join('/')}`;
      return url;
    },
    credentials: () => credentialsOf(env),
    environment: { ...environmentOf(env), ...(ca === undefined ? {} : { [CA]: ca }) },
  };
}

function endpointOf(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new StoreError(
      `${JSON.stringify(text)} is no address of an S3 service, such as https://s3.example.com.`,
    );
  }
}

/** Keys in the environment are at hand; all other ways of AWS's tools are loaded when they are needed. */
async function credentialsOf(env: NodeJS.ProcessEnv): Promise<Credentials> {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (accessKeyId && secretAccessKey)
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  try {
    return await defaultProvider()();
  } catch (error) {
    throw new StoreAccessError(
      `There are no credentials for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE. (${(error as Error).message})`,
      { cause: error },
    );
  }
}

/** The prefix under which the store's keys lie, with a `/` at its end unless it is empty. */
export function prefixOf(location: string): string {
  const path = (LOCATION.exec(location)?.[2] ?? '').replace(/\/+$/, '');
  return path === '' ? '' : `${path}/`;
}
