/** Base images made here: none can be pulled. */
import { Readable } from 'node:stream';
import { type ImageConfig, OCI_INDEX, OCI_MANIFEST } from '../../kernel/lib/export/image.js';
import { digestOfBytes } from '../../kernel/lib/export/layer.js';
import { fileEntry, type TarEntry } from '../../kernel/lib/export/tar.js';
import { layerInMemory } from '../../kernel/lib/cluster/layer-cache.js';
import type { Registry } from '../../kernel/lib/cluster/registry.js';

interface Base {
  files?: TarEntry[];
  config?: Partial<ImageConfig>;
  mediaType?: string;
}

/** Pushes an image of some files; the digest of its manifest. */
export async function pushBase(
  registry: Registry,
  repository: string,
  tag: string,
  base: Base = {},
): Promise<string> {
  const { files = [fileEntry('etc/base', 'base')], config = {}, mediaType = OCI_MANIFEST } = base;
  const docker = mediaType !== OCI_MANIFEST;
  const layer = await layerInMemory('base', files);
  const configBytes = Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      created: '2024-05-06T07:08:09Z',
      config: {
        Env: ['PATH=/usr/bin'],
        Entrypoint: ['docker-entrypoint.sh'],
        Cmd: ['node'],
        WorkingDir: '/',
      },
      ...config,
      rootfs: { type: 'layers', diff_ids: [layer.diffId] },
      history: [{ created: '2024-05-06T07:08:09Z', created_by: 'COPY files' }],
    }),
  );
  const layers = [
    {
      mediaType: docker
        ? 'application/vnd.docker.image.rootfs.diff.tar.gzip'
        : 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest: layer.digest,
      size: layer.size,
    },
  ];
  const described = {
    mediaType: docker
      ? 'application/vnd.docker.container.image.v1+json'
      : 'application/vnd.oci.image.config.v1+json',
    digest: digestOfBytes(configBytes),
    size: configBytes.length,
  };
  await registry.put(repository, { ...layers[0]!, open: () => layer.open() });
  await registry.put(repository, { ...described, open: () => Readable.from([configBytes]) });
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: described, layers }));
  await registry.putManifest(repository, tag, mediaType, manifest);
  return digestOfBytes(manifest);
}

/** An index over images that are there; by platform `linux/arm64/v8` and the like. */
export async function pushIndex(
  registry: Registry,
  repository: string,
  tag: string,
  images: Record<string, string>,
  mediaType = OCI_INDEX,
): Promise<void> {
  const manifests = await Promise.all(
    Object.entries(images).map(async ([platform, digest]) => {
      const found = (await registry.manifest(repository, digest))!;
      const [os, architecture, variant] = platform.split('/');
      return {
        mediaType: found.mediaType,
        digest,
        size: Buffer.byteLength(found.text),
        platform: { os, architecture, ...(variant ? { variant } : {}) },
      };
    }),
  );
  await registry.putManifest(
    repository,
    tag,
    mediaType,
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests })),
  );
}
