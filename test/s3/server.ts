/** A real S3 server for tests, SeaweedFS, on a port of its own; and one in front of it that behaves badly. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestListener, type Server, createServer, request } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeBucket } from './bucket.mjs';

const { TAGFLOW_PYTHON: python = '' } = process.env;
const WEED = join(dirname(python), 'weed');
/** Whether this machine has it. */
export const hasS3 = python !== '' && existsSync(WEED);

export const KEYS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'not-secret-in-a-test' };
export const BUCKET = 'tagflow-test';

export class S3Server {
  private constructor(
    readonly endpoint: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  /** Its ports may be taken by another before it has them: it is begun anew then. */
  static async start(): Promise<S3Server> {
    for (let tries = 0; tries < 3; tries++) {
      const server = await S3Server.begin();
      if (server) return server;
    }
    throw new Error('The S3 server did not come up.');
  }

  private static async begin(): Promise<S3Server | undefined> {
    const folder = mkdtempSync(join(tmpdir(), 'tagflow-s3-'));
    const credentials = [{ accessKey: KEYS.AWS_ACCESS_KEY_ID, secretKey: KEYS.AWS_SECRET_ACCESS_KEY }];
    const identities = [
      { name: 'test', credentials, actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] },
    ];
    writeFileSync(join(folder, 's3.json'), JSON.stringify({ identities }));
    // Each listens on a second port, ten thousand above.
    const [master, volume, filer, s3] = await freePorts(4);
    const args = [
      ...['server', `-dir=${folder}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1', '-s3', `-s3.port=${s3}`],
      ...[`-s3.config=${join(folder, 's3.json')}`, `-master.port=${master}`, `-volume.port=${volume}`],
      ...[`-filer.port=${filer}`, '-volume.max=20', '-master.volumeSizeLimitMB=512'],
      // Catalogs on ports that are the same for all.
      ...['-s3.port.iceberg=0', '-s3.port.lance=0'],
    ];
    const server = new S3Server(`http://127.0.0.1:${s3}`, spawn(WEED, args, { stdio: 'ignore' }), folder);
    const keys = { accessKeyId: KEYS.AWS_ACCESS_KEY_ID, secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY };
    for (let tries = 0; tries < 300 && server.process.exitCode === null; tries++) {
      if (await makeBucket(server.endpoint, BUCKET, keys).catch(() => false)) return server;
      await sleep(100);
    }
    await server.stop();
    return undefined;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      const ended = new Promise((resolve) => this.process.on('exit', resolve));
      this.process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What becomes of a request instead of an answer: a status, a connection that breaks, or nothing at all. */
export type Fault = number | 'break' | 'hang' | undefined;

/** Hands requests on, unless `fault` says otherwise; with a certificate, those that come by TLS. */
export async function badServer(
  to: string,
  fault: (method: string, path: string) => Fault = () => undefined,
  tls?: { cert: string; key: string },
): Promise<Server & { port: number }> {
  const target = new URL(to);
  const serve: RequestListener = (incoming, answer) => {
    const wrong = fault(incoming.method!, incoming.url!);
    if (wrong === 'break') return void incoming.socket.destroy();
    if (wrong === 'hang') return;
    if (wrong !== undefined) return void answer.writeHead(wrong).end();
    // The signature covers the host.
    const { host: _, ...headers } = incoming.headers;
    const options = { host: target.hostname, port: target.port, path: incoming.url, method: incoming.method };
    const onward = request({ ...options, headers: { ...headers, host: incoming.headers.host } }, (reply) => {
      answer.writeHead(reply.statusCode!, reply.headers);
      reply.pipe(answer);
    });
    incoming.pipe(onward);
  };
  const server = tls ? createSecure(tls, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

/** Free ports with room for another ten thousand above each. */
async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = 12_000 + Math.floor(Math.random() * 18_000);
    if (!ports.includes(port) && (await isFree(port)) && (await isFree(port + 10_000))) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket();
    socket.on('error', () => resolve(false));
    socket.listen(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
}
