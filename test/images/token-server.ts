/** A server of tokens, as registries use them: docker-registry believes what it signs. */
import { spawnSync } from 'node:child_process';
import { createSign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  /** Paths of PEM files. */
  certificate: string;
  key: string;
  remove(): void;
}

/** Signed by itself, for an address. */
export function selfSigned(address = '127.0.0.1'): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-certificate-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const parameters = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-days', '2', '-subj', '/CN=tagflow-test', '-addext', `subjectAltName=IP:${address}`];
  const made = spawnSync('openssl', [...parameters, ...subject, '-keyout', key, '-out', certificate]);
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
  return { certificate, key, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface TokenServer {
  /** Lines for the registry's configuration. */
  configuration: string;
  /** What was asked: method, who asked, scopes. */
  asked: string[];
  /** Who may push; everybody may pull. */
  may: (who: string) => boolean;
  stop(): void;
}

export async function startTokenServer(): Promise<TokenServer> {
  const { certificate, key, remove } = selfSigned();
  const made: TokenServer = { configuration: '', asked: [], may: () => true, stop: () => undefined };
  const server = createServer((question, answer) => {
    void (async () => {
      const url = new URL(question.url!, 'http://localhost');
      let body = '';
      for await (const piece of question) body += piece;
      const form = new URLSearchParams(body);
      const basic = question.headers.authorization?.replace('Basic ', '');
      const who = form.get('refresh_token') ?? (basic ? Buffer.from(basic, 'base64').toString() : 'anybody');
      const scopes = [...url.searchParams.getAll('scope'), ...(form.get('scope')?.split(' ') ?? [])];
      made.asked.push(`${question.method} ${who} ${scopes.join(' ')}`);
      const token = signed(scopes, who !== 'anybody' && made.may(who));
      answer.setHeader('content-type', 'application/json');
      answer.end(JSON.stringify(form.size > 0 ? { access_token: token } : { token }));
    })();
  });
  const signed = (scopes: string[], push: boolean): string => {
    const now = Math.floor(Date.now() / 1000);
    const access = scopes.map((scope) => {
      const [type, name, actions = ''] = scope.split(':');
      return { type, name, actions: actions.split(',').filter((action) => push || action === 'pull') };
    });
    const header = {
      alg: 'ES256',
      typ: 'JWT',
      x5c: [new X509Certificate(readFileSync(certificate)).raw.toString('base64')],
    };
    const claims = {
      iss: 'tagflow',
      aud: 'test',
      sub: 'x',
      exp: now + 60,
      nbf: now - 5,
      iat: now,
      jti: String(now),
      access,
    };
    const text = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = createSign('sha256')
      .update(text)
      .sign({ key: readFileSync(key), dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  made.configuration = `auth: {token: {realm: 'http://127.0.0.1:${port}/token', service: test, issuer: tagflow, rootcertbundle: ${certificate}}}\n`;
  made.stop = () => {
    server.closeAllConnections();
    server.close();
    remove();
  };
  return made;
}
