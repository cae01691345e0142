import { dirname } from 'node:path';
import { NODE_CONDITIONS } from './subpaths.js';
import ts from './typescript.js';

/**
 * What of a tsconfig.json beside the notebook is honoured: how strict the compiler is, what is ambient, where types
 * are. How modules are made and found is the kernel's business, and Node's: what `paths` and `baseUrl` alone lead to
 * is told (TF507).
 */
const HONOURED = [
  'allowUnreachableCode',
  'allowUnusedLabels',
  'baseUrl',
  'exactOptionalPropertyTypes',
  'jsxImportSource',
  'lib',
  'noFallthroughCasesInSwitch',
  'noImplicitAny',
  'noImplicitOverride',
  'noImplicitReturns',
  'noImplicitThis',
  'noPropertyAccessFromIndexSignature',
  'noUncheckedIndexedAccess',
  'paths',
  'pathsBasePath',
  'strict',
  'strictBindCallApply',
  'strictBuiltinIteratorReturn',
  'strictFunctionTypes',
  'strictNullChecks',
  'strictPropertyInitialization',
  'typeRoots',
  'types',
  'useUnknownInCatchVariables',
] as const;

const DEFAULTS: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  jsx: ts.JsxEmit.ReactJSX,
  allowJs: true,
  allowImportingTsExtensions: true,
  customConditions: NODE_CONDITIONS,
  esModuleInterop: true,
  noEmit: true,
  resolveJsonModule: true,
  skipLibCheck: true,
};

/** What this Node offers: cells that type-check run. */
function libraries(): string[] {
  const libraries = ['es2023', 'esnext.disposable', 'decorators'];
  if (Number.parseInt(process.versions.node) >= 22) {
    libraries.push('es2024', 'esnext.array', 'esnext.collection', 'esnext.iterator');
  }
  return libraries.map((name) => `lib.${name}.d.ts`);
}

export interface LanguageOptions {
  compilerOptions: ts.CompilerOptions;
  /** What is wrong with the tsconfig.json, in the compiler's words. */
  problems: string[];
}

/** The compiler's options for notebooks in a folder. */
export function optionsFor(directory: string): LanguageOptions {
  const compilerOptions: ts.CompilerOptions = { ...DEFAULTS, lib: libraries(), types: ['node'] };
  const file = `${directory}/tsconfig.json`;
  if (!ts.sys.fileExists(file)) return { compilerOptions, problems: [] };
  const { config, error } = ts.readConfigFile(file, (name) => ts.sys.readFile(name));
  if (error) return { compilerOptions, problems: [ts.flattenDiagnosticMessageText(error.messageText, '\n')] };
  // Only the options are of interest: with no files to include, the folder is not walked.
  const withoutFiles = { ...(config as object), files: ['notebook.ts'], include: [], references: [] };
  const parsed = ts.parseJsonConfigFileContent(withoutFiles, ts.sys, dirname(file), undefined, file);
  const honoured = HONOURED.filter((name) => parsed.options[name] !== undefined);
  Object.assign(compilerOptions, Object.fromEntries(honoured.map((name) => [name, parsed.options[name]])));
  if (!compilerOptions.types?.includes('node'))
    compilerOptions.types = ['node', ...(compilerOptions.types ?? [])];
  return {
    compilerOptions,
    problems: parsed.errors.map((e) => ts.flattenDiagnosticMessageText(e.messageText, '\n')),
  };
}
