import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

// The architecture, as a rule: each entry says what the files of one place may not import. A file may match
// several entries; the last that matches holds, so the stricter ones repeat what they tighten.
const outside = [
  'fs',
  'fs/promises',
  'child_process',
  'net',
  'http',
  'https',
  'tls',
  'dgram',
  'worker_threads',
];
const outsideWorld = {
  paths: [...outside.flatMap((name) => [name, `node:${name}`]), 'zeromq'].map((name) => ({
    name,
    message: 'This part is pure: values in, values out. Files, processes and sockets live at the edge.',
  })),
};
const compiler = {
  group: ['typescript', 'typescript/*'],
  message: "TypeScript's API is touched only in kernel/src/language.",
};
const joining = {
  group: ['**/jupyter/*', '**/command/*', '**/main.js'],
  message: 'Only main.ts, command/ and jupyter/comm.ts join everything; the parts do not know them.',
};
/** Which of the others each folder of the kernel knows, without circles. */
const KNOWN = {
  files: [],
  diagnostics: [],
  store: [],
  language: ['files', 'diagnostics'],
  pipeline: ['diagnostics', 'language'],
  compiler: ['files', 'language', 'pipeline'],
  linker: ['language'],
  library: ['store', 'linker'],
  interpreter: ['store', 'language', 'linker', 'library'],
  bundle: ['files', 'language', 'linker'],
  export: ['diagnostics', 'pipeline'],
  run: [
    'files',
    'diagnostics',
    'store',
    'language',
    'pipeline',
    'compiler',
    'linker',
    'library',
    'interpreter',
    'bundle',
    'export',
  ],
  cluster: ['files', 'store', 'pipeline', 'bundle', 'export', 'run'],
};
const others = (folder) => {
  const unknown = Object.keys(KNOWN).filter((name) => name !== folder && !KNOWN[folder].includes(name));
  return {
    group: unknown.flatMap((name) => [`**/${name}`, `**/${name}/**`]),
    message: `${folder}/ knows only the data contracts, its own files, and ${KNOWN[folder].join(', ') || 'no other folder'}.`,
  };
};
function restrict(files, { paths = [] } = {}, ...patterns) {
  return { files, rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths, patterns }] } };
}

export default defineConfig(
  globalIgnores([
    '**/lib/',
    'labextension/labextension/',
    'schema/src/generated/',
    'test/golden/',
    'test/output/',
    '**/.tagflow/',
    '**/.ipynb_checkpoints/',
  ]),
  js.configs.recommended,
  ts.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-control-regex': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    // With types: a promise that nobody waits for is the usual way to lose an error in this program.
    files: ['{schema,kernel,labextension}/src/**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
  {
    files: ['labextension/src/**/*.tsx'],
    plugins: { 'react-hooks': hooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
  {
    // Messages of frontends and parsed output are what they are.
    files: ['test/**'],
    rules: { '@typescript-eslint/no-explicit-any': 'off' },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        'console process URL fetch setTimeout clearTimeout setInterval clearInterval performance Buffer'
          .split(' ')
          .map((name) => [name, 'readonly']),
      ),
    },
  },

  restrict(['kernel/src/**'], {}, compiler),
  ...Object.keys(KNOWN).map((folder) =>
    restrict([`kernel/src/${folder}/**`], {}, compiler, joining, others(folder)),
  ),
  restrict(['kernel/src/language/**'], {}, joining, others('language')),
  restrict(['kernel/src/pipeline/**'], outsideWorld, compiler, joining, others('pipeline')),
  restrict(['kernel/src/export/**'], outsideWorld, compiler, joining, others('export')),
  restrict(
    ['kernel/src/store/{lineage,retention,diff,diff-*}.ts'],
    outsideWorld,
    compiler,
    joining,
    others('store'),
  ),
  restrict(['schema/src/**'], outsideWorld, compiler),
);
