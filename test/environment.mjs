// What the tests need around them: JupyterLab with this checkout's kernel and extension, and a browser.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { root } from '../binder/packages.mjs';
import { command } from '../binder/progress.mjs';
import { pythonEnvironment, requirements } from '../binder/python.mjs';
import { findChromium, findProgram } from './programs.mjs';

const jupyter = join(root, 'test', 'output', 'jupyter');

/** What the tests find in their environment; each test that misses something skips itself. */
export async function testEnvironment() {
  const environment = { TZ: 'UTC', ...certificatesForNpm() };
  try {
    const lists = ['binder', 'test'].map((folder) => join(root, folder, 'requirements.txt'));
    const { python } = await pythonEnvironment('JupyterLab and the test tools', requirements(...lists));
    environment.TAGFLOW_PYTHON = python;
    // This checkout's kernel and extension, seen by this run alone.
    environment.JUPYTER_PATH = join(jupyter, 'share', 'jupyter');
    rmSync(jupyter, { recursive: true, force: true });
    mkdirSync(jupyter, { recursive: true });
    const tagflow = join(root, 'kernel', 'lib', 'main.js');
    await command(process.execPath, [tagflow, 'install', '--prefix', jupyter]);
  } catch (error) {
    console.log(error.message);
  }
  for (const program of ['docker-registry', 'openssl', 'skopeo']) await findProgram([program], program);
  const chromium = await findChromium();
  if (chromium) environment.TAGFLOW_CHROMIUM = chromium;
  return environment;
}

/**
 * The machine's own certificates, where it names some, for npm alone: every Node process would read them when it starts,
 * for as long as all else takes that it does then, and the tests start thousands.
 */
export function certificatesForNpm() {
  const { NODE_EXTRA_CA_CERTS: own, npm_config_cafile: known } = process.env;
  if (!own || !existsSync(own)) return {};
  const all = join(root, 'test', 'output', 'certificates.pem');
  mkdirSync(join(root, 'test', 'output'), { recursive: true });
  writeFileSync(all, [...rootCertificates, readFileSync(own, 'utf8')].join('\n'));
  return { NODE_EXTRA_CA_CERTS: '', npm_config_cafile: known ?? all };
}
