// Everything that must be there before JupyterLab can open the tour. `npm start` and repo2docker's postBuild both
// run this; only node: modules are used, because on a fresh machine there is nothing else yet.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, digestFiles, installPackages, requireNode, root } from './packages.mjs';
import { command, main, SetupError, step } from './progress.mjs';
import { findPython, pythonEnvironment, requirements } from './python.mjs';

/**
 * @param prefix a Python environment that already holds JupyterLab; without it, one is made in the cache folder
 * @returns the environment: `{ prefix, python }`
 */
export async function setUp(prefix) {
  requireNode();
  // What is missing is said before minutes have passed.
  if (!prefix) await findPython();
  await installPackages();
  await build();
  const environment = prefix
    ? { prefix, python: 'python3' }
    : await pythonEnvironment('JupyterLab', requirements(join(root, 'binder', 'requirements.txt')));
  await installTagflow(environment.prefix);
  return environment;
}

/** Kernel and extension into an environment, through the product's own command. */
async function installTagflow(prefix) {
  const stamp = join(prefix, 'share', 'jupyter', 'tagflow-installed');
  const wanted = `${root}\n${process.execPath}\n${digestFiles([join(root, 'labextension', 'labextension')])}\n`;
  const kernel = join(prefix, 'share', 'jupyter', 'kernels', 'tagflow', 'kernel.json');
  if (existsSync(kernel) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await step('Installing the kernel and the extension', async () => {
    const tagflow = join(root, 'kernel', 'lib', 'main.js');
    await command(process.execPath, [tagflow, 'install', '--prefix', prefix]);
    // No question about news on the first visit.
    const settings = join(prefix, 'share', 'jupyter', 'lab', 'settings');
    mkdirSync(settings, { recursive: true });
    copyFileSync(join(root, 'binder', 'overrides.json'), join(settings, 'overrides.json'));
    writeFileSync(stamp, wanted);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const { prefix } = parseArgs({ options: { prefix: { type: 'string' } } }).values;
    if (prefix !== undefined && !existsSync(prefix)) throw new SetupError(`There is no folder ${prefix}.`);
    await setUp(prefix);
  });
}
