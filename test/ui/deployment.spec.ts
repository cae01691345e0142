import { DEPLOYMENT_FIELDS, deploymentOf, entriesOf } from '../../labextension/lib/cluster/deployment.js';
import type { Deployment } from '@tagflow/schema';
import schema from '../../schema/deployment.json';

const full: Deployment = {
  context: 'prod',
  namespace: 'research',
  store: { url: 's3://b/p', endpoint: 'http://s3', ca: 'ca.crt' },
  registry: { push: 'r/t', insecure: true },
  platform: 'linux/arm64',
};

describe('the form for where runs on a cluster go', () => {
  it.each([
    ['nothing', {}, {}, {}],
    ['everything, unchanged', full, {}, full],
    ['a bucket', {}, { 'store.url': ' s3://new ' }, { store: { url: 's3://new' } }],
    [
      'a setting that is emptied, and those without a field',
      full,
      { 'store.url': '', 'store.endpoint': '', 'registry.push': '', 'registry.insecure': '', context: '' },
      { namespace: 'research', store: { ca: 'ca.crt' }, platform: 'linux/arm64' },
    ],
  ] as const)('makes settings of %s', (_, deployment, entries, expected) => {
    const all = { ...entriesOf(deployment), ...entries };
    expect(deploymentOf(all, deployment)).toEqual(expected);
  });

  it('has fields for settings that there are', () => {
    const { properties } = schema.definitions.Deployment as unknown as {
      properties: Record<string, { properties?: object }>;
    };
    const paths = Object.entries(properties).flatMap(([name, { properties: inner }]) =>
      inner ? Object.keys(inner).map((each) => `${name}.${each}`) : [name],
    );
    const fields = DEPLOYMENT_FIELDS.map(({ path }) => path);
    expect(fields.filter((path) => !paths.includes(path))).toEqual([]);
    // A certificate is a file's business.
    expect(paths.filter((path) => !fields.includes(path))).toEqual(['store.ca', 'store.caConfigMap']);
  });
});
