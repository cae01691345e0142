/** Two runs compared, as the page of past runs shows them. */
import type { ArtifactDiff, RunDiff, RunHead } from '@tagflow/schema';
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import type { NotebookPipeline } from '../../labextension/lib/model.js';
import { Comparison } from '../../labextension/lib/past/comparison.js';

const head = (id: string): RunHead => ({
  ...{ id, pipeline: 'tour', state: 'succeeded', user: 'me', trigger: 'notebook' },
  created: '2026-01-02T03:04:05.000Z',
});

const FOREST = `type Tree = { left: Tree | null }; /* class Forest */ { ${'readonly tree: Tree; '.repeat(200)}}`;

async function compared(diff: Partial<RunDiff>): Promise<HTMLElement> {
  const [from, to] = [head('r1'), head('r2')];
  const none = { parameters: [], code: [], reordered: false, steps: [], artifacts: [], metrics: [] };
  const answer = { diff: { from, to, ...none, ...diff } };
  const model = { past: { compare: async () => answer } } as unknown as NotebookPipeline;
  const host = document.createElement('div');
  await act(async () => createRoot(host).render(<Comparison model={model} from="r1" to="r2" now={0} />));
  return host;
}

function changed(from: string, to: string): ArtifactDiff {
  const [before, after] = [from, to].map((type, size) => ({ type, size, digest: `${size}` }));
  return { step: 'fit', name: 'model', change: 'changed', from: before, to: after } as ArtifactDiff;
}

test.each([
  [FOREST, FOREST, 'Forest'],
  [FOREST, '/* class Forest */ {}', 'Forest → Forest with other members'],
  [FOREST, 'number', 'Forest → number'],
])('a class is told by its name, not by its members', async (from, to, shown) => {
  const host = await compared({ artifacts: [changed(from, to)] });
  expect(host.querySelector('.tf-Value-diff code')!.textContent).toBe(shown);
});

test('how steps ended is told in the words of the drawing', async () => {
  const host = await compared({
    steps: [
      { name: 'report', from: 'succeeded', to: 'omitted' },
      { name: 'new', to: 'failed' },
    ],
  });
  expect([...host.querySelectorAll('td')].map((cell) => cell.textContent)).toEqual([
    ...['succeeded', 'left out'],
    ...['no such step', 'failed'],
  ]);
});
