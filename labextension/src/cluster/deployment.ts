/** The fields of the form for where runs on a cluster go, and settings as entries and back. */
import type { Deployment } from '@tagflow/schema';

export interface DeploymentField {
  /** Of the setting, with a dot between its names. */
  path: string;
  label: string;
  hint: string;
  /** What holds where nothing is entered. */
  placeholder: string;
  kind: 'text' | 'context' | 'switch' | 'choice';
  choices?: readonly string[];
  /** Whether most projects leave it alone. */
  rare?: boolean;
}

/** Entered texts by path; a switch that is on is `true`. */
export type Entries = Readonly<Record<string, string>>;

export const DEPLOYMENT_FIELDS: readonly DeploymentField[] = [
  {
    path: 'context',
    label: 'Cluster',
    hint: 'A context of your kubeconfig.',
    placeholder: 'the current context',
    kind: 'context',
  },
  {
    path: 'namespace',
    label: 'Namespace',
    hint: 'Where the pods of the runs are.',
    placeholder: "the context's",
    kind: 'text',
  },
  {
    path: 'store.url',
    label: 'Bucket for results',
    hint: 'Any S3 storage. Keys are taken from your environment, as other S3 tools take them.',
    placeholder: 's3://bucket/prefix',
    kind: 'text',
  },
  {
    path: 'store.endpoint',
    label: 'S3 service',
    hint: 'Its address as seen from here; none for AWS.',
    placeholder: 'https://s3.example.com',
    kind: 'text',
  },
  {
    path: 'registry.push',
    label: 'Registry for images',
    hint: 'Registry and path. Passwords are those of `docker login`.',
    placeholder: 'registry.example.com/team',
    kind: 'text',
  },
  {
    path: 'store.clusterEndpoint',
    label: 'S3 service, from pods',
    hint: 'Where pods reach it at another address.',
    placeholder: 'the same',
    kind: 'text',
    rare: true,
  },
  {
    path: 'store.region',
    label: 'Region of the bucket',
    hint: 'Where the service asks for it.',
    placeholder: 'us-east-1',
    kind: 'text',
    rare: true,
  },
  {
    path: 'store.secret',
    label: "Secret with the store's keys",
    hint: 'In the namespace, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    placeholder: 'tagflow-store',
    kind: 'text',
    rare: true,
  },
  {
    path: 'registry.pull',
    label: 'Registry, from the nodes',
    hint: 'Where nodes reach it at another address.',
    placeholder: 'the same',
    kind: 'text',
    rare: true,
  },
  {
    path: 'registry.insecure',
    label: 'Registry without TLS',
    hint: 'For one on this machine or in a network of your own.',
    placeholder: '',
    kind: 'switch',
    rare: true,
  },
  {
    path: 'base',
    label: 'Base image',
    hint: 'Of steps that name none.',
    placeholder: 'node:MAJOR-slim, of the Node here',
    kind: 'text',
    rare: true,
  },
  {
    path: 'platform',
    label: 'Platform of the nodes',
    hint: 'Packages with native code are chosen for it.',
    placeholder: 'linux/amd64',
    kind: 'choice',
    choices: ['linux/amd64', 'linux/arm64'],
    rare: true,
  },
  {
    path: 'secrets',
    label: "Secret with the steps' secrets",
    hint: 'In the namespace, with the names that steps declare.',
    placeholder: 'tagflow-secrets',
    kind: 'text',
    rare: true,
  },
];

type Settings = Record<string, unknown>;

export function entriesOf(deployment: Deployment): Entries {
  return Object.fromEntries(
    DEPLOYMENT_FIELDS.map(({ path }) => {
      const value = path
        .split('.')
        .reduce<unknown>((part, name) => (part as Settings | undefined)?.[name], deployment);
      return [path, value === undefined || value === false ? '' : String(value)];
    }),
  );
}

/** The settings that the entries make of these ones: what has no field stays, what is empty is absent. */
export function deploymentOf(entries: Entries, deployment: Deployment): Deployment {
  const settings = structuredClone(deployment) as Settings;
  for (const { path, kind } of DEPLOYMENT_FIELDS) {
    const entry = (entries[path] ?? '').trim();
    const [outer, inner] = path.split('.') as [string, string?];
    const part = inner === undefined ? settings : ((settings[outer] ??= {}) as Settings);
    const name = inner ?? outer;
    if (entry === '') delete part[name];
    else part[name] = kind === 'switch' ? true : entry;
    if (inner !== undefined && Object.keys(part).length === 0) delete settings[outer];
  }
  return settings as Deployment;
}
