// The tests import what ships (lib/), so that workers and child processes are the real ones; only test files are transformed.
const swc = [
  '@swc/jest',
  {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

export default {
  projects: [
    {
      displayName: 'tagflow',
      rootDir: '.',
      testEnvironment: 'node',
      testMatch: ['<rootDir>/test/*.test.ts'],
      extensionsToTreatAsEsm: ['.ts'],
      transform: { '\\.ts$': swc },
      modulePathIgnorePatterns: ['<rootDir>/labextension/labextension/', '<rootDir>/test/output/'],
    },
  ],
};
