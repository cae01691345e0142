/** `tagflow install` and `uninstall`. */
import * as jupyter from '../jupyter/install.js';

export function install(environment: jupyter.Environment): void {
  const { kernel, extension } = jupyter.install(environment);
  process.stdout.write(`Kernel: ${kernel}\n`);
  process.stdout.write(
    extension
      ? `Extension: ${extension}\n`
      : 'Extension: not there, so not installed. `npm install @tagflow/labextension` brings it; in a checkout, `npm run build` builds it.\n',
  );
}

export function uninstall(environment: jupyter.Environment): void {
  const removed = jupyter.uninstall(environment);
  process.stdout.write(
    removed.length === 0
      ? 'Nothing was installed.\n'
      : removed.map((folder) => `Removed ${folder}\n`).join(''),
  );
}
