// The peers, installed once into ~/.cache/tagflow/peers, and the kernelspecs of all who are measured.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../binder/packages.mjs';
import { command, step } from '../../binder/progress.mjs';
import { cache, pythonEnvironment, requirements } from '../../binder/python.mjs';

const peers = join(cache, 'peers');
const TSLAB = ['tslab@1.0.22', '@types/node@20'];

/**
 * @returns `python`, which has jupyter_client, ipykernel and Metaflow; `jupyterPath` with the kernelspecs `tagflow`,
 * `tslab` and `ipykernel`; `directory`, a folder in which tslab finds the types of Node; `parent`, a folder for
 * projects, from which ours find their packages
 */
export async function installPeers() {
  const { python } = await pythonEnvironment(
    'the peers',
    requirements(join(import.meta.dirname, 'requirements.txt')),
  );
  const directory = join(peers, 'tslab');
  const tslab = join(directory, 'node_modules', 'tslab', 'bin', 'tslab');
  if (!existsSync(tslab)) {
    await step('Installing tslab', async () => {
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'package.json'), '{ "private": true }\n');
      await command('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...TSLAB], {
        cwd: directory,
      });
    });
  }
  const prefix = join(root, 'test', 'output', 'bench');
  const jupyterPath = join(prefix, 'share', 'jupyter');
  await command(process.execPath, [join(root, 'kernel', 'lib', 'main.js'), 'install', '--prefix', prefix]);
  const kernels = {
    tslab: [process.execPath, tslab, 'kernel', '--config-path', '{connection_file}'],
    ipykernel: [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'],
  };
  for (const [name, argv] of Object.entries(kernels)) {
    const folder = join(jupyterPath, 'kernels', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'kernel.json'), JSON.stringify({ argv, display_name: name, language: name }));
  }
  return { python, jupyterPath, directory, parent: join(prefix, 'runs') };
}
