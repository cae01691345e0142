// The tests import what ships (lib/), so that workers and child processes are the real ones; only test files are transformed.
const swc = [
  '@swc/jest',
  {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

// What is published as ES modules only and has to be transformed for the browser-like environment.
const esModules = [
  '@jupyterlab|@jupyter|@lumino|@codemirror|@lezer|@marijn|@microsoft|@rjsf|@xyflow',
  'exenv-es6|lib0|y-protocols|yjs|nanoid|color|marked|vscode-ws-jsonrpc',
].join('|');

// JupyterLab's packages run as CommonJS there, so the extension and the schema do too.
const browserSwc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', tsx: true },
      transform: { react: { runtime: 'automatic' } },
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

const built = ['<rootDir>/labextension/labextension/', '<rootDir>/test/output/'];

export default {
  // A hang, not a slow machine, ends a test.
  testTimeout: 120_000,
  // The tests have processes of their own, and in CI the cluster is built beside them.
  maxWorkers: 1,
  projects: [
    {
      displayName: 'tagflow',
      rootDir: '.',
      testEnvironment: 'node',
      testMatch: ['<rootDir>/test/*.test.ts'],
      extensionsToTreatAsEsm: ['.ts'],
      transform: { '\\.ts$': swc },
      modulePathIgnorePatterns: built,
    },
    {
      displayName: 'extension',
      rootDir: '.',
      testEnvironment: '<rootDir>/test/ui/environment.cjs',
      testEnvironmentOptions: { customExportConditions: ['browser', 'node', 'require', 'default'] },
      setupFiles: ['@jupyterlab/testing/lib/jest-shim.js'],
      testMatch: ['<rootDir>/test/ui/*.spec.ts', '<rootDir>/test/ui/*.spec.tsx'],
      transform: { '\\.svg$': '@jupyterlab/testing/lib/jest-raw-loader.js', '\\.[mc]?[jt]sx?$': browserSwc },
      transformIgnorePatterns: [`/node_modules/(?!(${esModules})/)`],
      moduleNameMapper: {
        '\\.(css|gif|ttf|eot)$': '<rootDir>/test/ui/empty.cjs',
        // Without this, jest would take the package for ES modules and refuse to load it here.
        '^@tagflow/schema$': '<rootDir>/schema/lib/index.js',
      },
      modulePathIgnorePatterns: built,
    },
    {
      displayName: 'cluster',
      rootDir: '.',
      testEnvironment: 'node',
      testMatch: ['<rootDir>/test/cluster/*.test.ts'],
      extensionsToTreatAsEsm: ['.ts'],
      transform: { '\\.ts$': swc },
      modulePathIgnorePatterns: built,
    },
    {
      displayName: 'ui',
      rootDir: '.',
      testEnvironment: 'node',
      testMatch: ['<rootDir>/test/ui/*.test.ts'],
      extensionsToTreatAsEsm: ['.ts'],
      transform: { '\\.ts$': swc },
      modulePathIgnorePatterns: built,
    },
  ],
};
