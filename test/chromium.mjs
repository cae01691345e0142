// A Chromium for the tests in the browser: what the machine has, or Debian's where this process may install it.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { command, step } from '../binder/progress.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of a Chromium, or undefined when there is none and none can be installed. */
export async function findChromium() {
  const given = process.env.TAGFLOW_CHROMIUM;
  if (given) return given;
  const found = onPath(NAMES);
  if (found || process.getuid?.() !== 0 || !onPath(['apt-get'])) return found;
  try {
    await step('Installing Chromium', async () => {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      await command('apt-get', ['update', '-qq'], { env });
      await command('apt-get', ['install', '-qq', '-y', '--no-install-recommends', 'chromium'], { env });
    });
  } catch (error) {
    console.log(error.message);
  }
  return onPath(NAMES);
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
