// The registry that nodes pull from, and how an image of one layer gets there.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { registryAddress, state } from './places.mjs';
import { start, until } from './processes.mjs';

export async function startRegistry() {
  const folder = join(state, 'etc');
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'registry.yml');
  writeFileSync(
    config,
    `version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: ${state}/registry}, delete: {enabled: true}}
http: {addr: "${registryAddress}"}
`,
  );
  start('registry', 'docker-registry', ['serve', config]);
  await until('registry', async () => (await fetch(`http://${registryAddress}/v2/`)).ok);
}

export async function pushImage(reference, layer, config) {
  const [, name, tag] = /^[^/]+\/(.+):([^:]+)$/.exec(reference);
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: await pushBlob(name, config, 'application/vnd.oci.image.config.v1+json'),
    layers: [await pushBlob(name, layer, 'application/vnd.oci.image.layer.v1.tar+gzip')],
  };
  await send('PUT', `${name}/manifests/${tag}`, Buffer.from(JSON.stringify(manifest)), manifest.mediaType);
}

async function pushBlob(name, bytes, mediaType) {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const known = await fetch(`http://${registryAddress}/v2/${name}/blobs/${digest}`, { method: 'HEAD' });
  if (!known.ok) {
    const { headers } = await send('POST', `${name}/blobs/uploads/`);
    const place = new URL(headers.get('location'), `http://${registryAddress}`);
    place.searchParams.set('digest', digest);
    await send('PUT', place, bytes, 'application/octet-stream');
  }
  return { mediaType, digest, size: bytes.length };
}

async function send(method, path, body, type) {
  const url = path instanceof URL ? path : `http://${registryAddress}/v2/${path}`;
  const answer = await fetch(url, { method, body, headers: type ? { 'content-type': type } : {} });
  if (!answer.ok)
    throw new Error(`The registry answers ${answer.status} to ${method} ${url}: ${await answer.text()}`);
  return answer;
}
