// Programs that tests and pictures need: what the machine has, or Debian's where this process may install it.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { command, step } from '../binder/progress.mjs';

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of a Chromium, or undefined when there is none and none can be installed. */
export async function findChromium() {
  return process.env.TAGFLOW_CHROMIUM || (await findProgram(CHROMIUM, 'chromium'));
}

/** The path of the first of these programs, or undefined when there is none and none can be installed. */
export async function findProgram(names, debianPackage) {
  const found = onPath(names);
  if (found || process.getuid?.() !== 0 || !onPath(['apt-get'])) return found;
  try {
    await step(`Installing ${debianPackage}`, async () => {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      await command('apt-get', ['update', '-qq'], { env });
      await command('apt-get', ['install', '-qq', '-y', '--no-install-recommends', debianPackage], { env });
    });
  } catch (error) {
    console.log(error.message);
  }
  return onPath(names);
}

function onPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file) {
  if (!existsSync(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
