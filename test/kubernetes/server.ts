/** An API server that answers what a test says, and a kubeconfig that leads to it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** An answer; or none, at once or at all. */
export type Reply = { status: number; body: object } | 'break' | 'hang';

export interface ApiServer {
  url: string;
  /** Paths that were asked for. */
  asked: string[];
  reply: (path: string) => Reply;
  stop(): Promise<void>;
}

export async function startApiServer(
  reply: ApiServer['reply'],
  tls?: { certificate: string; key: string },
): Promise<ApiServer> {
  const made: ApiServer = { url: '', asked: [], reply, stop: () => stop(server) };
  const answer: RequestListener = ({ url = '', socket }, response) => {
    made.asked.push(url);
    const is = made.reply(url);
    if (is === 'break') return void socket.destroy();
    if (is === 'hang') return;
    response.writeHead(is.status, { 'content-type': 'application/json' }).end(JSON.stringify(is.body));
  };
  const server = tls
    ? createSecureServer({ cert: readFileSync(tls.certificate), key: readFileSync(tls.key) }, answer)
    : createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  made.url = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return made;
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Of several servers by the names of their contexts; the first is the current one. */
export function writeKubeconfig(servers: Record<string, string>): { file: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-kube-'));
  const file = join(folder, 'config');
  const names = Object.keys(servers);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': names[0],
    clusters: Object.entries(servers).map(([name, server]) => ({
      name,
      cluster: { server, ...(server.startsWith('http:') ? { 'insecure-skip-tls-verify': true } : {}) },
    })),
    contexts: names.map((name) => ({ name, context: { cluster: name, user: 'me', namespace: 'team' } })),
    users: [{ name: 'me', user: { token: 'x' } }],
  };
  writeFileSync(file, stringify(config));
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What the API server says of what it refuses. */
export const status = (code: number, message: string): Reply => ({
  status: code,
  body: { kind: 'Status', status: 'Failure', message, code },
});
