/** Who we are to a registry: what `docker login` or `podman login` has written down. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ClusterError } from '../error.js';

export type Credentials =
  | { kind: 'password'; user: string; password: string }
  /** Given once for a login, to be exchanged for tokens. */
  | { kind: 'identity'; token: string };

/** Programs that write it write null for what is empty. */
interface DockerConfig {
  auths?: Record<
    string,
    { auth?: string; username?: string; password?: string; identitytoken?: string }
  > | null;
  credHelpers?: Record<string, string> | null;
  credsStore?: string | null;
}

/** Undefined where nobody has logged in to the registry: it may be open to all. */
export async function credentialsFor(registry: string): Promise<Credentials | undefined> {
  for (const file of configFiles()) {
    const config = await configIn(file);
    const found = config && (await credentialsIn(config, registry, file));
    if (found) return found;
  }
  return undefined;
}

function configFiles(): string[] {
  const { DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR } = process.env;
  return [
    ...(REGISTRY_AUTH_FILE ? [REGISTRY_AUTH_FILE] : []),
    join(DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json'),
    ...(XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, 'containers', 'auth.json')] : []),
  ];
}

async function configIn(file: string): Promise<DockerConfig | undefined> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(content) as DockerConfig;
  } catch {
    throw new ClusterError(`${file} is not JSON: credentials of registries cannot be read from it.`);
  }
}

/** Docker Hub has kept the name of its first interface. */
const HUB = 'https://index.docker.io/v1/';

async function credentialsIn(
  { auths, credHelpers, credsStore }: DockerConfig,
  registry: string,
  file: string,
): Promise<Credentials | undefined> {
  const names =
    registry === 'docker.io' ? [HUB, 'docker.io', 'index.docker.io'] : [registry, `https://${registry}`];
  const helper = names.map((name) => credHelpers?.[name]).find(Boolean) ?? credsStore;
  if (helper) {
    const found = await askHelper(helper, names[0]!, file);
    if (found) return found;
  }
  const bare = (name: string): string => name.replace(/^https?:\/\//, '').replace(/\/(v[12]\/)?$/, '');
  const known = Object.entries(auths ?? {}).find(([name]) => names.includes(name) || bare(name) === registry);
  const { auth, username, password, identitytoken } = known?.[1] ?? {};
  if (identitytoken) return { kind: 'identity', token: identitytoken };
  if (username && password) return { kind: 'password', user: username, password };
  if (!auth) return undefined;
  const decoded = Buffer.from(auth, 'base64').toString();
  const colon = decoded.indexOf(':');
  return colon < 0
    ? undefined
    : { kind: 'password', user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** How a helper says, with words or with its exit code, that it knows nothing of a registry. */
const UNKNOWN = /not found|no credentials|not logged in/i;

/** The protocol of docker-credential-helpers: the registry goes in, JSON comes out. */
async function askHelper(helper: string, name: string, file: string): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  const child = spawn(program, ['get'], { env: process.env, stdio: ['pipe', 'pipe', 'pipe'] });
  const started = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(`${name}\n`);
  let outcome: [number | null, string, string];
  try {
    outcome = await Promise.all([started, text(child.stdout), text(child.stderr)]);
  } catch {
    throw new ClusterError(`${file} names the credential helper ${program}, which is not on the PATH.`);
  }
  const [code, out, errors] = outcome;
  if (code !== 0) {
    if (UNKNOWN.test(out + errors)) return undefined;
    throw new ClusterError(`The credential helper ${program} failed for ${name}: ${(out + errors).trim()}`);
  }
  const { Username, Secret } = helpersAnswer(out, program);
  if (!Secret) return undefined;
  return Username === '<token>'
    ? { kind: 'identity', token: Secret }
    : { kind: 'password', user: Username ?? '', password: Secret };
}

function helpersAnswer(text: string, program: string): { Username?: string; Secret?: string } {
  try {
    return JSON.parse(text) as { Username?: string; Secret?: string };
  } catch {
    // What it says may hold a secret.
    throw new ClusterError(`The credential helper ${program} answers with something else than JSON.`);
  }
}
