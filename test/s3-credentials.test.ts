/** Requests to S3 carry credentials that hold, and ask for them as seldom as may be. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { bundleRuntime } from '../kernel/lib/bundle/runtime.js';
import { type Credentials, s3Access } from '../kernel/lib/store/s3-access.js';
import { S3Client } from '../kernel/lib/store/s3-request.js';

let server: Server;
let heard: IncomingHttpHeaders[];
beforeEach(async () => {
  heard = [];
  server = createServer((request, answer) => {
    heard.push(request.headers);
    answer.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** A client that is given these, one after the other; the last again and again. */
function clientOf(given: (Credentials | Error)[]): { client: S3Client; asked: () => number } {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let asked = 0;
  const credentials = async (): Promise<Credentials> => {
    const next = given[Math.min(asked++, given.length - 1)]!;
    await pause(20);
    if (next instanceof Error) throw next;
    return next;
  };
  const access = { ...s3Access('s3://bucket/x', { AWS_ENDPOINT_URL_S3: endpoint }), credentials };
  return { client: new S3Client(access), asked: () => asked };
}

const get = (client: S3Client) => client.send({ method: 'GET', key: 'a' });
const KEYS = { accessKeyId: 'id', secretAccessKey: 'secret' };
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);

test('asked for once by requests that begin together; a session has its token', async () => {
  const { client, asked } = clientOf([{ ...KEYS, sessionToken: 'token', expiration: inMinutes(10) }]);
  await Promise.all(Array.from({ length: 20 }, () => get(client)));
  await get(client);
  expect([asked(), heard.length]).toEqual([1, 21]);
  expect(heard.map((headers) => headers['x-amz-security-token'])).toEqual(heard.map(() => 'token'));
  expect(heard[0]!['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=id\/\d{8}\/us-east-1\/s3\//);
  expect(heard[0]).toMatchObject({ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' });
});

test('asked for anew a minute before they end', async () => {
  const { client, asked } = clientOf([
    { ...KEYS, expiration: inMinutes(0.9) },
    { ...KEYS, accessKeyId: 'new' },
  ]);
  await get(client);
  await get(client);
  await get(client);
  expect([asked(), heard[2]!['authorization']]).toEqual([2, expect.stringContaining('Credential=new/')]);
});

describe('a pod, which has its files as images have them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-pod-'));
  const token = join(folder, 'token');
  beforeAll(async () => {
    writeFileSync(token, 'a-token');
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    for (const { path, content } of await bundleRuntime(['run/pod/pod.js'], (path) => join(folder, path))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const gives = JSON.stringify({
    AccessKeyId: 'of-a-role',
    SecretAccessKey: 'secret',
    Token: 'session',
    Expiration: inMinutes(60).toISOString(),
  });
  const role = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>of-a-role</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>session</SessionToken><Expiration>${inMinutes(60).toISOString()}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;

  test.each<[string, string, (address: string) => Record<string, string>]>([
    [
      'its service account’s token',
      role,
      (address) => ({
        AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/runs',
        AWS_WEB_IDENTITY_TOKEN_FILE: token,
        AWS_ENDPOINT_URL_STS: `${address}/given`,
      }),
    ],
    [
      'an agent on its node',
      gives,
      (address) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${address}/given` }),
    ],
  ])('has keys for the store by %s', async (_, given, variables) => {
    const asked: (string | undefined)[] = [];
    server.removeAllListeners('request');
    server.on('request', ({ url, headers }, answer) => {
      if (url?.startsWith('/given')) return answer.end(given);
      asked.push(headers['authorization']);
      answer.statusCode = 404;
      answer.end();
    });
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const pod = spawn(process.execPath, [join(folder, 'run', 'pod', 'pod.js'), 'program', 'a', '0'], {
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        TAGFLOW_STORE: 's3://bucket/runs',
        TAGFLOW_RUN: '20260101-000000-000aaaaa',
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL_S3: address,
        ...variables(address),
      },
    });
    expect(await text(pod.stderr)).toMatch(/has no run/);
    expect(asked[0]).toContain('Credential=of-a-role/');
  });
});
