/** A real registry (Debian's docker-registry) on this machine, behind a door that counts who comes in. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestRegistry {
  /** `127.0.0.1:PORT`. */
  name: string;
  /** Requests so far: `PUT /v2/…`. */
  requests: string[];
  /** Answers a request in the registry's place; what it leaves goes on to it. */
  interrupt: ((question: string) => Instead) | undefined;
  stop(): Promise<void>;
}

/** An answer, or none at all; undefined leaves it to the registry. */
export type Instead =
  { status: number; headers?: Record<string, string>; body?: string } | 'break' | undefined;

export const hasRegistry = spawnSync('docker-registry', ['--version']).error === undefined;

/**
 * @param auth further lines of its configuration
 * @param tls paths of its certificate: then it is at `0.0.0.0:PORT`, without the door
 */
export async function startRegistry(
  auth = '',
  tls?: { certificate: string; key: string },
): Promise<TestRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-registry-'));
  const port = await freePort();
  const config = join(folder, 'config.yml');
  const secure = tls ? `, tls: {certificate: ${tls.certificate}, key: ${tls.key}}` : '';
  writeFileSync(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${folder}/data}}\nhttp: {addr: '127.0.0.1:${port}'${secure}}\n${auth}`,
  );
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  await listening(port, child);
  const stop = async (): Promise<void> => {
    child.kill();
    await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  };
  const made: TestRegistry = { name: `0.0.0.0:${port}`, requests: [], interrupt: undefined, stop };
  if (tls) return made;
  const door = doorTo(port, made);
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  made.name = `127.0.0.1:${(door.address() as AddressInfo).port}`;
  made.stop = async () => {
    door.closeAllConnections();
    door.close();
    await stop();
  };
  return made;
}

function doorTo(port: number, made: TestRegistry): Server {
  return createServer((question, answer) => {
    const { method, url, headers } = question;
    made.requests.push(`${method} ${url}`);
    const instead = made.interrupt?.(`${method} ${url}`);
    if (instead === 'break') return void question.socket.destroy();
    if (instead)
      return void question
        .resume()
        .on('end', () => answer.writeHead(instead.status, instead.headers).end(instead.body));
    const onward = request({ port, host: '127.0.0.1', method, path: url, headers }, (got) => {
      answer.writeHead(got.statusCode!, got.headers);
      got.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    question.pipe(onward);
  });
}

export async function freePort(): Promise<number> {
  const server = createSocketServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error('docker-registry ended');
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  throw new Error('docker-registry does not answer');
}
