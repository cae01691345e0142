/** What makes a program give other values when it runs again: clock, randomness, network, how the process was started. */
import { isWrapping } from '../emit/erase.js';
import type { ImportFact } from '../facts.js';
import { PAST_RUNS } from '../slice/modules.js';
import ts from '../typescript.js';

/** Of the library: which runs there were stands in no key. */
const RUNS = 'tagflow.runs';

/** What is impure however it is reached: as a global, or as what a module of Node exports. */
const IMPURE = new Set([
  'Date.now',
  'Math.random',
  'crypto.getRandomValues',
  'crypto.randomBytes',
  'crypto.randomFill',
  'crypto.randomFillSync',
  'crypto.randomInt',
  'crypto.randomUUID',
  'performance.now',
  'process.argv',
  'process.cpuUsage',
  'process.hrtime',
  'process.memoryUsage',
  'process.resourceUsage',
  'process.stdin',
  'process.uptime',
  'require',
  'fetch',
  'module.createRequire',
  'EventSource',
  'WebSocket',
  RUNS,
]);

/** Modules of Node that export what is a global too, and the library. */
const GLOBAL_OF: Readonly<Record<string, string>> = {
  crypto: 'crypto',
  module: 'module',
  perf_hooks: '',
  process: 'process',
  tagflow: 'tagflow',
};

/** What a use of a global or of an imported name says: `Date.now()`, `const { random } = Math`. */
export function impureUses(use: ts.Identifier, origin: ImportFact | 'global'): string[] {
  const root = rootOf(use, origin);
  return root === undefined ? [] : usesFrom(use, root);
}

/** The name by which a global is known: `''` for an object that holds them. */
function rootOf(use: ts.Identifier, origin: ImportFact | 'global'): string | undefined {
  if (origin === 'global') return use.text === 'globalThis' || use.text === 'global' ? '' : use.text;
  const module = GLOBAL_OF[origin.specifier.replace(/^node:/, '')];
  if (module === undefined) return undefined;
  return origin.name === '*' || origin.name === 'default' ? module : pathTo(module, origin.name);
}

function usesFrom(part: ts.Expression, path: string): string[] {
  let node = part;
  while (isWrapping(node.parent)) node = node.parent;
  const { parent } = node;
  if (ts.isTypeOfExpression(parent)) return [];
  if (path === 'Date' && !readsNoClock(node)) return [ts.isNewExpression(parent) ? 'new Date()' : 'Date()'];
  if (IMPURE.has(path)) return [textOf(path, node)];
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node)
    return usesFrom(parent, pathTo(path, parent.name.text));
  if (ts.isElementAccessExpression(parent) && parent.expression === node) {
    const key = parent.argumentExpression;
    return ts.isStringLiteralLike(key) ? usesFrom(parent, pathTo(path, key.text)) : [];
  }
  if (
    ts.isVariableDeclaration(parent) &&
    parent.initializer === node &&
    ts.isObjectBindingPattern(parent.name)
  ) {
    const names = parent.name.elements.map(({ propertyName, name }) => propertyName ?? name);
    return names.flatMap((name) => {
      const taken = ts.isIdentifier(name) ? pathTo(path, name.text) : '';
      return IMPURE.has(taken) ? [textOf(taken)] : [];
    });
  }
  return [];
}

/** `new Date(0)` and `Date.UTC(…)` say nothing of the time; `Date(0)` is the time all the same. */
function readsNoClock(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isNewExpression(parent) && parent.expression === node) return !!parent.arguments?.length;
  return !(ts.isCallExpression(parent) && parent.expression === node);
}

function textOf(path: string, node?: ts.Node): string {
  if (path === RUNS) return PAST_RUNS;
  if (isObject(path)) return path;
  return node && ts.isNewExpression(node.parent) ? `new ${path}()` : `${path}()`;
}

function isObject(path: string): boolean {
  return path === 'process.argv' || path === 'process.stdin';
}

function pathTo(path: string, name: string): string {
  // `globalThis.crypto.webcrypto` is `crypto`, as `default` is the module.
  if (name === 'default' || name === 'webcrypto') return path;
  return path === '' ? name : `${path}.${name}`;
}
