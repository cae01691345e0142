/** Node's module hooks for the notebook's own files: TypeScript, JSON, and a generation mark that makes fresh instances. */
import { readFileSync, statSync } from 'node:fs';
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isLocal, isSubpath, resolveLocalFile, resolveSubpath } from './local-files.js';
import { GENERATION, type LoadedFile, type LoaderData } from './local-modules.js';
import { stripTypes } from './strip-types.js';

let data: LoaderData;

export const initialize: InitializeHook<LoaderData> = (given) => {
  data = given;
};

export const resolve: ResolveHook = async (specifier, context, next) => {
  const parent = context.parentURL;
  const generation = parent === undefined ? null : generationOf(parent);
  if (generation === null) return next(specifier, context);
  const directory = dirname(fileURLToPath(parent!));
  let wanted = specifier;
  if (isSubpath(specifier)) {
    const target = resolveSubpath(specifier, directory);
    tell(pathToFileURL(target.manifest).href); // what it says is part of the graph
    if (target.file !== undefined) return local(target.file, generation);
    wanted = target.package!;
  }
  const library = data.library[wanted];
  if (library !== undefined) return { url: library, shortCircuit: true };
  if (!isLocal(wanted)) return next(wanted, context);
  const path = wanted.startsWith('file:') ? wanted : wanted.replace(/[?#].*$/, '');
  const file = resolveLocalFile(directory, path);
  return file === undefined ? next(wanted, context) : local(file, generation);
};

function local(file: string, generation: string) {
  const url = pathToFileURL(file);
  url.searchParams.set(GENERATION, generation);
  return { url: url.href, shortCircuit: true };
}

export const load: LoadHook = async (url, context, next) => {
  if (generationOf(url) === null) return next(url, context);
  const file = fileURLToPath(url);
  tell(fileUrl(url));
  if (/\.[cm]?tsx?$|\.jsx$/.test(file)) return moduleOf(stripTypes(file, readFileSync(file, 'utf8')));
  if (file.endsWith('.json')) return moduleOf(jsonModule(readFileSync(file, 'utf8')));
  if (file.endsWith('.js')) {
    const text = readFileSync(file, 'utf8');
    if (/^\s*(import|export)\b/m.test(text)) return moduleOf(text); // also without "type": "module"
  }
  return next(url, context);
};

function tell(url: string): void {
  const read: LoadedFile = { url, modified: statSync(fileURLToPath(url)).mtimeMs };
  data.port.postMessage(read);
}

const moduleOf = (source: string) => ({ format: 'module' as const, source, shortCircuit: true });

function generationOf(url: string): string | null {
  return url.startsWith('file:') ? new URL(url).searchParams.get(GENERATION) : null;
}

function fileUrl(url: string): string {
  return pathToFileURL(fileURLToPath(url)).href;
}

function jsonModule(text: string): string {
  const value: unknown = JSON.parse(text);
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  const names = isRecord
    ? Object.keys(value).filter((name) => name !== 'default' && /^[A-Za-z_]\w*$/.test(name))
    : [];
  const exported = names.map(
    (name, index) => `const $${index} = $[${JSON.stringify(name)}]; export { $${index} as ${name} };`,
  );
  return `const $ = ${JSON.stringify(value)};\nexport default $;\n${exported.join('\n')}`;
}
