/** Requests to S3 carry credentials that hold, and ask for them as seldom as may be. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
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
