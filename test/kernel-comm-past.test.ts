/** What the extension asks over the comm about past runs, and about a cluster that is not there. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporary, TestKernel } from './jupyter/client.ts';
import { type Ask, cell, notebook, openComm } from './jupyter/comm.ts';

let kernel: TestKernel;
let ask: Ask;
const store = temporary();
const home = temporary();

beforeAll(async () => {
  const kubeconfig = join(home, 'kubeconfig');
  const user = { name: 'ann', user: { token: 'a-token-of-hers' } };
  const cluster = { name: 'far', cluster: { server: 'https://127.0.0.1:1' } };
  const context = { name: 'far', context: { cluster: 'far', user: 'ann', namespace: 'research' } };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'far' },
      ...{ users: [user], clusters: [cluster], contexts: [context] },
    }),
  );
  kernel = await TestKernel.start({
    env: { TAGFLOW_STORE: store, KUBECONFIG: kubeconfig, AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' },
  });
  ask = openComm(kernel);
}, 60_000);
afterAll(async () => {
  await kernel.end();
  for (const folder of [store, home]) rmSync(folder, { recursive: true, force: true });
});

const squares = (power: number) =>
  notebook(
    cell('p', 'const size: number = 3', 'parameters'),
    cell('a', `const rows = Array.from({ length: size }, (_, i) => i ** ${power})`, 'step:load'),
    cell('b', 'const total = rows.reduce((sum, row) => sum + row, 0)', 'step:sum'),
  );

async function run(power: number, parameters: object = {}): Promise<string> {
  const replies = await ask({ type: 'run', notebook: squares(power), path: 'squares.ipynb', parameters });
  expect(replies.at(-1).run.state).toBe('succeeded');
  return replies.at(-1).run.id;
}

test('past runs: two compared, the code of one, a lineage', async () => {
  const first = await run(2);
  const second = await run(3, { size: 4 });

  const [{ diff }] = await ask({ type: 'compare', from: first, to: second });
  expect([diff.from.id, diff.to.id]).toEqual([first, second]);
  expect(diff.parameters).toEqual([{ name: 'size', change: 'changed', from: 3, to: 4 }]);
  expect(diff.code.map(({ id, change }: any) => [id, change])).toEqual([['a', 'changed']]);
  expect(diff.metrics).toEqual([
    { step: 'sum', name: 'total', from: 5, to: 36, difference: 31, relative: 6.2 },
  ]);

  const [then] = await ask({ type: 'code', run: first, notebook: squares(3) });
  expect(then.code.map(({ title }: any) => title)).toEqual([
    'cell 1 (parameters)',
    'cell 2 (step:load)',
    'cell 3 (step:sum)',
  ]);
  expect(then.diff).toMatchObject([{ id: 'a', change: 'changed' }]);
  expect((await ask({ type: 'code', run: first, notebook: squares(2) }))[0].diff).toEqual([]);

  const place = { run: second, step: 'sum', name: 'total' };
  const [{ lineage }] = await ask({ type: 'lineage', ...place, depth: 1 });
  const names = (found: any): string[] => found.nodes.map(({ name }: any) => name).sort();
  expect(names(lineage)).toEqual(['rows', 'total']);
  expect(lineage.cut).toHaveLength(1);
  expect(names((await ask({ type: 'lineage', ...place, depth: 5 }))[0].lineage)).toEqual([
    'rows',
    'size',
    'total',
  ]);
}, 60_000);

test('a number that is none is compared all the same', async () => {
  const made = (value: string) => notebook(cell('a', `const x = ${value}`, 'step:a'));
  const ids: string[] = [];
  for (const value of ['1 / 1', '0 / 0'])
    ids.push((await ask({ type: 'run', notebook: made(value), parameters: {} })).at(-1).run.id);
  const [{ diff }] = await ask({ type: 'compare', from: ids[0], to: ids[1] });
  expect(diff.metrics).toEqual([{ step: 'a', name: 'x', from: 1, to: null, difference: null }]);
}, 60_000);

describe('where runs on a cluster go', () => {
  const written = () => JSON.parse(readFileSync(join(kernel.directory, 'package.json'), 'utf8'));

  test('is unknown without settings, and the kubeconfig is left alone', async () => {
    expect(await ask({ type: 'cluster' })).toMatchObject([
      { deployment: {}, contexts: [], problem: 'No cluster is set up yet.' },
    ]);
  });

  test('is written into package.json, beside what is there, as it is written', async () => {
    const text = '{\n    "name": "mine",\n    "dependencies": {}\n}\n';
    writeFileSync(join(kernel.directory, 'package.json'), text);
    const deployment = { store: { url: 's3://bucket/p' }, secrets: 'team' };
    const [reply] = await ask({ type: 'configure', deployment });
    expect(reply).toMatchObject({
      deployment,
      place: { context: 'far', server: 'https://127.0.0.1:1', user: 'ann', namespace: 'research' },
      contexts: ['far'],
      problem: 'There is no registry for images yet.',
    });
    expect(JSON.stringify(reply)).not.toContain('a-token-of-hers');
    expect(written()).toEqual({ name: 'mine', dependencies: {}, tagflow: deployment });
    expect(readFileSync(join(kernel.directory, 'package.json'), 'utf8')).toMatch(/^\{\n {4}"name"/);
  });

  test.each([
    ['a bucket that is none', { store: { url: 'bucket/p' } }, /store.*url/],
    [
      'another context',
      { context: 'near', store: { url: 's3://bucket' }, registry: { push: 'r' } },
      /no context near/,
    ],
  ])('%s is told', async (_, deployment, sentence) => {
    const before = written();
    const [reply] = await ask({ type: 'configure', deployment });
    expect(reply.message ?? reply.problem).toMatch(sentence);
    if (reply.type === 'error') expect(written()).toEqual(before);
  });

  test('is checked, part by part, and an unreachable cluster takes no run', async () => {
    const deployment = {
      store: { url: 's3://bucket/p', endpoint: 'http://127.0.0.1:1' },
      registry: { push: '127.0.0.1:1/x', insecure: true },
    };
    await ask({ type: 'configure', deployment });
    const replies = await ask({ type: 'doctor', roundTrip: true });
    const found = replies.filter(({ state }: any) => state === 'failed').map(({ what }: any) => what);
    expect(found).toEqual(expect.arrayContaining(['cluster', 'store', 'registry', 'all']));
    expect(replies.some(({ what }: any) => what === 'round trip')).toBe(false);
    const refused = (await ask({ type: 'submit', notebook: squares(2), parameters: {} })).at(-1);
    expect([refused.type, refused.message]).toEqual(['error', expect.not.stringContaining('\n')]);
  }, 120_000);

  test('package.json that is none is told and left as it is', async () => {
    writeFileSync(join(kernel.directory, 'package.json'), '{ "name": ');
    expect((await ask({ type: 'configure', deployment: {} }))[0].message).toMatch(
      /package\.json cannot be read/,
    );
    expect(readFileSync(join(kernel.directory, 'package.json'), 'utf8')).toBe('{ "name": ');
  });
});
