/** Which cluster a kubeconfig means, and what is said of one that means none. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Deployment } from '@tagflow/schema';
import { ClusterError } from '../kernel/lib/cluster/error.js';
import { type Cluster, clusterError, connect } from '../kernel/lib/cluster/kubernetes.js';

const before = process.env['KUBECONFIG'];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagflow-kubeconfig-'));
});
afterEach(() => {
  if (before === undefined) delete process.env['KUBECONFIG'];
  else process.env['KUBECONFIG'] = before;
  rmSync(folder, { recursive: true, force: true });
});

function configOf(current: string | undefined, ...contexts: { name: string; namespace?: string }[]): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://c.invalid:6443' } }],
    users: [{ name: 'someone', user: { token: 'x' } }],
    contexts: contexts.map(({ name, namespace }) => ({
      name,
      context: { cluster: 'c', user: 'someone', ...(namespace && { namespace }) },
    })),
    ...(current === undefined ? {} : { 'current-context': current }),
  });
}

async function told(text: string, deployment: Deployment): Promise<object | string> {
  writeFileSync(join(folder, 'config'), text);
  process.env['KUBECONFIG'] = join(folder, 'config');
  try {
    const { context, namespace, server, user, close } = await connect(deployment);
    close();
    return { context, namespace, server, user };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return error.message;
  }
}

const TWO = configOf('a', { name: 'a', namespace: 'team' }, { name: 'b' });
const SERVER = { server: 'https://c.invalid:6443', user: 'someone' };

test.each<[what: string, text: string, deployment: Deployment, expected: object | RegExp]>([
  ['the current context', TWO, {}, { context: 'a', namespace: 'team', ...SERVER }],
  ['a context that is named', TWO, { context: 'b' }, { context: 'b', namespace: 'default', ...SERVER }],
  ['a namespace that is named', TWO, { namespace: 'other' }, { namespace: 'other' }],
  ['a context that is not there', TWO, { context: 'c' }, /has no context c: there are a, b\./],
  [
    'no current context',
    configOf(undefined, { name: 'a' }),
    {},
    /Name a context with --context.*there are a\./,
  ],
  ['a current context that is gone', configOf('gone', { name: 'a' }), {}, /Name a context with --context/],
  ['no context', configOf(undefined), {}, /^No cluster is configured: put its kubeconfig/],
  ['an empty file', '', {}, /^The kubeconfig cannot be read: it is empty, or something else\.$/],
  ['another document', '[1, 2]', {}, /kubeconfig/],
  ['no YAML', 'a: [', {}, /^The kubeconfig cannot be read: /],
])('%s', async (_what, text, deployment, expected) => {
  const answer = await told(text, deployment);
  if (expected instanceof RegExp) expect(answer).toMatch(expected);
  else expect(answer).toMatchObject(expected);
});

test.each([
  ['those that are not there are passed over', ['none', 'two'], 'a'],
  ['the first current context counts', ['two', 'other'], 'a'],
  ['the first current context counts, also in a later one', ['none', 'without', 'other', 'two'], 'x'],
])('of several files, %s', async (_, files, expected) => {
  const of = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  of('two', TWO);
  of('other', configOf('x', { name: 'x' }).replaceAll('"c"', '"d"').replaceAll('someone', 'another'));
  of('without', JSON.stringify({ apiVersion: 'v1', kind: 'Config' }));
  process.env['KUBECONFIG'] = files.map((file) => join(folder, file)).join(delimiter);
  const { context, close } = await connect({});
  close();
  expect(context).toBe(expected);
});

test('who is not known is told so without the headers of the answer', () => {
  const message = 'HTTP-Code: 401\nMessage: Unauthorized\nBody: undefined\nHeaders: {"audit-id":"x"}';
  const error = Object.assign(new Error(message), { code: 401 });
  const cluster = { server: 'https://c.invalid', namespace: 'n' } as Cluster;
  expect((clusterError(error, cluster, 'list pods') as Error).message).toBe(
    'The cluster at https://c.invalid does not know who you are. Log in to it again: Unauthorized',
  );
});
