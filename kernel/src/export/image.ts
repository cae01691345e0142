/** An image on top of another: what the OCI's image specification calls manifest and configuration. */
import { digestOfBytes, type Layer } from './layer.js';
import { USER } from './pod-paths.js';

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  urls?: string[];
}

export interface Manifest {
  schemaVersion: 2;
  mediaType?: string;
  config: Descriptor;
  layers: Descriptor[];
}

export interface ImageConfig {
  os: string;
  architecture: string;
  variant?: string;
  created?: string;
  config?: {
    User?: string;
    WorkingDir?: string;
    Env?: string[];
    Entrypoint?: string[];
    Cmd?: string[];
    Labels?: Record<string, string>;
    [field: string]: unknown;
  };
  rootfs: { type: 'layers'; diff_ids: string[] };
  history?: { created?: string; created_by?: string; comment?: string; empty_layer?: boolean }[];
  [field: string]: unknown;
}

/** An image that others are made from, for one platform. */
export interface BaseImage {
  /** As it was asked for. */
  name: string;
  /** Of its manifest for the platform. */
  digest: string;
  manifest: Manifest;
  config: ImageConfig;
}

export interface NamedLayer extends Layer {
  /** Says in the image's history what it holds. */
  content: string;
}

export interface Image {
  mediaType: string;
  /** `sha256:…` of the manifest, which is that of the image. */
  digest: string;
  manifest: Uint8Array;
  config: Descriptor & { bytes: Uint8Array };
  /** Those of the base first. */
  layers: Descriptor[];
}

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';

/** The layers of one image are of one family: a Docker base keeps Docker's. */
const FAMILIES = {
  [OCI_MANIFEST]: {
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  [DOCKER_MANIFEST]: {
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
};

/**
 * The image with further layers on its base's. It starts nothing by itself, as a user without rights, in a directory.
 *
 * @param directory absolute: packages are looked up from there
 */
export function imageOn(base: BaseImage, layers: readonly NamedLayer[], directory: string): Image {
  const mediaType = base.manifest.mediaType === DOCKER_MANIFEST ? DOCKER_MANIFEST : OCI_MANIFEST;
  const family = FAMILIES[mediaType];
  const bytes = jsonBytes(configOn(base, layers, directory));
  const config = { mediaType: family.config, digest: digestOfBytes(bytes), size: bytes.length };
  const all = [
    ...base.manifest.layers,
    ...layers.map(({ digest, size }) => ({ mediaType: family.layer, digest, size })),
  ];
  const manifest = jsonBytes({ schemaVersion: 2, mediaType, config, layers: all } satisfies Manifest);
  return {
    mediaType,
    digest: digestOfBytes(manifest),
    manifest,
    config: { ...config, bytes },
    layers: all,
  };
}

function configOn(base: BaseImage, layers: readonly NamedLayer[], directory: string): ImageConfig {
  // The base's own time: when the image was made must not show, or it would never be made the same again.
  const { created = '1970-01-01T00:00:00Z', history = [], rootfs, config = {} } = base.config;
  const env = config.Env ?? [];
  return {
    ...base.config,
    created,
    // What `docker commit` adds tells of another container.
    container: undefined,
    container_config: undefined,
    docker_version: undefined,
    config: {
      ...config,
      Entrypoint: undefined,
      Cmd: undefined,
      Healthcheck: undefined,
      OnBuild: undefined,
      User: String(USER),
      WorkingDir: directory,
      Env: [
        ...env,
        // The user has no home otherwise: `/`, where nothing can be written.
        ...(env.some((variable) => variable.startsWith('HOME=')) ? [] : ['HOME=/tmp']),
        `TAGFLOW_PROJECT=${directory}`,
      ],
      Labels: {
        ...config.Labels,
        'org.opencontainers.image.base.name': base.name,
        'org.opencontainers.image.base.digest': base.digest,
      },
    },
    rootfs: { type: 'layers', diff_ids: [...rootfs.diff_ids, ...layers.map(({ diffId }) => diffId)] },
    history: [
      ...history,
      ...layers.map(({ content }) => ({ created, created_by: 'tagflow', comment: content })),
    ],
  };
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
