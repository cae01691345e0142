/** TypeScript to JavaScript, one file at a time, with the positions of the original. */
import { createRequire } from 'node:module';
import { transformSync } from 'oxc-transform';

const require = createRequire(import.meta.url);
const TARGET = 'es2022';

/**
 * The file as JavaScript with an inline source map.
 * @throws Error naming the file and the place of a syntax error
 */
export function stripTypes(file: string, source: string): string {
  // oxc leaves decorators and `using` to a run-time library; esbuild lowers them in place.
  const lowered = /(^|[^\w$.])(@[\w$(]|using\s+[\w$]+\s*=)/.test(source);
  return lowered ? stripWithEsbuild(file, source) : stripWithOxc(file, source);
}

function stripWithOxc(file: string, source: string): string {
  const { code, errors, map } = transformSync(file, source, {
    lang: file.endsWith('x') ? 'tsx' : 'ts',
    sourceType: 'module',
    target: TARGET,
    sourcemap: true,
  });
  const [error] = errors;
  if (error) throw new SyntaxError(`${file}: ${error.codeframe ?? error.message}`);
  return map ? `${code}\n${inlineMap(JSON.stringify(map))}` : code;
}

function stripWithEsbuild(file: string, source: string): string {
  const { transformSync } = require('esbuild') as typeof import('esbuild');
  const { code } = transformSync(source, {
    sourcefile: file,
    loader: file.endsWith('x') ? 'tsx' : 'ts',
    format: 'esm',
    target: TARGET,
    sourcemap: 'inline',
    logLevel: 'silent',
  });
  return code;
}

function inlineMap(map: string): string {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
}
