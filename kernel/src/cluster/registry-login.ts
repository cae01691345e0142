/** Who asks a registry: what `docker login` left, or a credential helper says. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Login {
  username: string;
  password: string;
}

interface DockerConfig {
  auths?: Record<string, { auth?: string; username?: string; password?: string; identitytoken?: string }>;
  credHelpers?: Record<string, string>;
  credsStore?: string;
}

/** The name under which Docker keeps what it knows of its own registry. */
const DOCKER_HUB = 'https://index.docker.io/v1/';

/** Undefined where nothing is known: then it is asked as anybody. */
export async function loginOf(registry: string): Promise<Login | undefined> {
  const config = dockerConfig();
  const name = registry === 'docker.io' ? DOCKER_HUB : registry;
  const helper = config.credHelpers?.[name] ?? config.credHelpers?.[registry] ?? config.credsStore;
  const helped = helper === undefined ? undefined : await ask(helper, name);
  if (helped) return helped;
  const known = config.auths?.[name] ?? config.auths?.[`https://${registry}`];
  if (known?.auth !== undefined) {
    const [username = '', ...password] = Buffer.from(known.auth, 'base64').toString().split(':');
    return { username, password: password.join(':') };
  }
  const { username, password } = known ?? {};
  return username !== undefined && password !== undefined ? { username, password } : undefined;
}

function dockerConfig(): DockerConfig {
  const folder = process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
  try {
    return (JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as DockerConfig | null) ?? {};
  } catch {
    return {};
  }
}

function ask(helper: string, name: string): Promise<Login | undefined> {
  return new Promise((resolve) => {
    const child = execFile(`docker-credential-${helper}`, ['get'], (error, output) => {
      if (error) return resolve(undefined);
      try {
        const { Username, Secret } = JSON.parse(output) as { Username: string; Secret: string };
        resolve({ username: Username, password: Secret });
      } catch {
        resolve(undefined);
      }
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(name);
  });
}
