/** An image: a base's layers with ours on top. Pure. */
import { createHash } from 'node:crypto';
import type { Layer } from './layer.js';

/** What a registry stores, by its digest. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

export interface Manifest {
  schemaVersion: 2;
  mediaType?: string;
  config: Descriptor;
  layers: Descriptor[];
}

export interface ImageConfig {
  architecture?: string;
  os?: string;
  config?: Record<string, unknown>;
  rootfs?: { type: string; diff_ids: string[] };
  history?: unknown[];
}

export interface Image {
  manifest: Uint8Array;
  /** sha256 of the manifest: the image's name. */
  digest: string;
  config: Uint8Array;
  layers: Descriptor[];
}

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX = 'application/vnd.oci.image.index.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** Restricted pods need a user by number, who is not root. */
const USER = '65532';

/** Those that OCI has for what Docker names otherwise. */
const OCI_TYPES: Readonly<Record<string, string>> = {
  'application/vnd.docker.image.rootfs.diff.tar.gzip': LAYER,
};

export function imageOn(base: { manifest: Manifest; config: ImageConfig }, layers: readonly Layer[]): Image {
  const own = layers.map(({ digest, bytes }) => ({ mediaType: LAYER, digest, size: bytes.length }));
  const config = encode({
    architecture: base.config.architecture,
    os: base.config.os,
    config: { ...base.config.config, User: USER, WorkingDir: '/app', Entrypoint: null, Cmd: null },
    rootfs: {
      type: 'layers',
      diff_ids: [...(base.config.rootfs?.diff_ids ?? []), ...layers.map(({ diffId }) => diffId)],
    },
  });
  const below = base.manifest.layers.map((layer) => ({
    mediaType: OCI_TYPES[layer.mediaType] ?? layer.mediaType,
    digest: layer.digest,
    size: layer.size,
  }));
  const all = [...below, ...own];
  const manifest = encode({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: CONFIG, digest: digestOf(config), size: config.length },
    layers: all,
  });
  return { manifest, digest: digestOf(manifest), config, layers: all };
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function encode(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
