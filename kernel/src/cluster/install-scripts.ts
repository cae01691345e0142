/** Packages that do something when they are installed: here nothing runs, so that some would not work. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../export/machine.js';
import type { Slice } from '../export/package-slice.js';
import { packageFiles } from '../run/key/package-files.js';
import { ClusterError } from './error.js';

/** The label of a base image that says which packages it has: `NAME@VERSION NAME@VERSION`. */
export const PROVIDED = 'tagflow.packages';

/** Scripts that compile an addon, or fetch one that was compiled. */
const ADDON = /node-gyp|prebuild|node-pre-gyp|cmake-js|napi|neon|cargo/;

/**
 * Looks at what was installed for a machine.
 * @param folder that holds the slice's `node_modules`
 * @throws ClusterError where a package has nothing to run on the machine, and how an image gets it
 */
export function checkScripts(slice: Slice, machine: Machine, folder: string): void {
  const lacking = Object.entries(slice.packages).filter(
    ([path, { hasInstallScript, inBundle }]) =>
      hasInstallScript && !inBundle && lacksAddon(slice, path, machine, folder),
  );
  if (lacking.length === 0) return;
  const named = lacking.map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`);
  throw new ClusterError(scriptText(named, machine));
}

function lacksAddon(slice: Slice, path: string, machine: Machine, folder: string): boolean {
  const directory = join(folder, path);
  const files = packageFiles(directory);
  const { scripts = {} } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    scripts?: Record<string, string>;
  };
  const script = [scripts['preinstall'], scripts['install'], scripts['postinstall']].join(' ');
  if (!files.includes('binding.gyp') && !ADDON.test(script)) return false;
  // Or a part of it for this machine, which is a package of its own.
  const parts = Object.keys(slice.packages[path]!.dependencies ?? {}).map((name) => `node_modules/${name}`);
  return ![path, ...parts].some((place) => hasAddonFor(machine, join(folder, place)));
}

function hasAddonFor(machine: Machine, directory: string): boolean {
  return packageFiles(directory).some(
    (path) => path.endsWith('.node') && isFor(machine, join(directory, path)),
  );
}

/** ELF's `e_machine`, 16 bits from byte 18. */
const PROCESSORS: Readonly<Record<number, string>> = { 0x3e: 'x64', 0xb7: 'arm64' };

function isFor({ cpu }: Machine, file: string): boolean {
  const header = Buffer.alloc(20);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, header, 0, header.length, 0);
  } finally {
    closeSync(handle);
  }
  return header.subarray(1, 4).toString('latin1') === 'ELF' && PROCESSORS[header.readUInt16LE(18)] === cpu;
}

function scriptText(named: readonly string[], { os, cpu }: Machine): string {
  const [first = ''] = named;
  const name = first.slice(0, first.lastIndexOf('@'));
  return [
    `The package ${name} is compiled or fetched for ${os} ${cpu} by a script when it is installed, and images are made without running any.`,
    'Build a base image that has it, and name that image in the step\'s setting image, or as "base" under "tagflow" in package.json:',
    '',
    '  FROM node:22-slim',
    '  WORKDIR /app',
    `  RUN npm install ${named.join(' ')}`,
    `  LABEL ${PROVIDED}="${named.join(' ')}"`,
    '',
    'The label says that Tagflow need not install it.',
  ].join('\n');
}
