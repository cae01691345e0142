/** Past runs, lineages and summaries in a real JupyterLab: found, compared, followed, and put into the notebook. */
import { jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { faultsIn } from './access.mjs';
import { notebook } from './lab.mjs';
import { describeInLab, LabPage, PATIENCE } from './labpage.mjs';

jest.setTimeout(4 * PATIENCE);

const cells = [
  { source: 'const size = 4;', tags: ['parameters'] },
  {
    source: 'const rows = Array.from({ length: size }, (_, id) => ({ id, square: id ** 2 }));',
    tags: ['step:load'],
  },
  {
    source:
      'const total = rows.reduce((sum, { square }) => sum + square, 0);\nconst curve = rows.map(({ square }) => square);',
    tags: ['step:sum'],
  },
];

describeInLab('past runs in JupyterLab', () => {
  let lab: LabPage;
  let page: Page;

  beforeAll(async () => {
    lab = await LabPage.start({ 'squares.ipynb': notebook(cells) });
    ({ page } = lab);
    await lab.open('squares.ipynb', 'sum');
  });

  afterAll(() => lab?.stop());

  const runs = (): Locator => page.locator('.tf-RunsPage');
  const rows = (): Locator => runs().locator('.tf-RunTable tbody tr');
  const result = (name: string): Locator =>
    lab.panel.locator('.tf-Result', { has: page.locator('summary', { hasText: name }) });

  async function run(size: string): Promise<void> {
    await lab.panel.getByLabel('size').fill(size);
    await page.locator('.tf-Run:enabled').click();
    await lab.summary('Succeeded in').waitFor();
    await page.locator('.tf-Run:enabled').waitFor();
  }

  async function tab(name: string): Promise<void> {
    await page.locator('#jp-main-dock-panel .lm-TabBar-tab', { hasText: name }).click();
  }

  test('runs are listed, found, and one is shown with its timeline and code', async () => {
    await run('4');
    await run('6');
    await lab.fold('Past runs');
    await page.getByRole('button', { name: 'Find and compare…' }).click();
    await rows().nth(1).waitFor();
    await runs().getByLabel('Find runs').fill('size=6');
    await rows().nth(1).waitFor({ state: 'detached' });
    await rows().nth(0).locator('.tf-Link').click();
    await runs().locator('.tf-OneRun', { hasText: 'Succeeded in' }).waitFor();
    expect(await runs().locator('.tf-Timeline tbody tr').count()).toBe(2);
    await lab.fold('Code');
    await runs().locator('.tf-Section-body', { hasText: 'The notebook is as it was.' }).waitFor();
    expect(await faultsIn(page, '.tf-RunsPage')).toEqual([]);
    await lab.photograph('past-run');
  });

  test('it is found again after a reload', async () => {
    const { hash } = new URL(page.url());
    expect(hash).toMatch(/^#tagflow-runs\?text=size%3D6&run=/);
    await page.goto('about:blank');
    await lab.open('squares.ipynb', 'sum', { hash });
    await runs().locator('.tf-OneRun').waitFor();
    expect(await runs().getByLabel('Find runs').inputValue()).toBe('size=6');
  });

  test('two runs are compared', async () => {
    await runs().getByLabel('Find runs').fill('');
    await rows().nth(1).locator('input').check();
    await runs().locator('.tf-Comparison', { hasText: 'Metrics' }).waitFor();
    const words = await runs().locator('.tf-Comparison').innerText();
    expect(words).toMatch(/size\s+4\s+6/);
    expect(words).toMatch(/total sum\s+14\s+55\s+\+41, \+293 %/);
    expect(await faultsIn(page, '.tf-Comparison')).toEqual([]);
    await lab.photograph('compared');
  });

  test('a value is looked at, its lineage followed, and it is opened in the notebook', async () => {
    await tab('squares.ipynb');
    await page.getByRole('button', { name: 'Back to the notebook' }).click();
    await run('6');
    await lab.drawn('sum').click();
    await result('curve').locator('summary').click();
    await result('curve').locator('.tf-Numbers', { hasText: '6 numbers from 0 to 25' }).waitFor();
    expect(await faultsIn(page, '.tf-PanelWidget')).toEqual([]);
    await lab.photograph('value');
    await result('curve').locator('.tf-Trace').click();
    const lineage = page.locator('.tf-LineagePage');
    await lineage.locator('.tf-LineageTree', { hasText: 'of load' }).waitFor();
    expect(await lineage.locator('.tf-LineageTree').first().innerText()).toMatch(
      /rows\s+of load, .*\n?\s*size\s+parameter, 6/,
    );
    await lineage.locator('.react-flow__node').nth(2).waitFor();
    expect(await faultsIn(page, '.tf-LineagePage')).toEqual([]);
    await lab.photograph('lineage');
    await tab('squares.ipynb');
    await result('curve').locator('.tf-Insert').click();
    const inserted = page.locator('.jp-Notebook .jp-CodeCell.jp-mod-active');
    await inserted.locator('.cm-content', { hasText: 'pastCurve' }).waitFor();
    await inserted.locator('.cm-content').click();
    await page.keyboard.press('Control+Enter');
    await inserted.locator('.jp-OutputArea-output', { hasText: '25' }).waitFor();
  });

  test('names and types of what there is are completed, and tell what they stand for', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('b');
    const code = page.locator('.jp-Notebook .jp-CodeCell.jp-mod-active .cm-content');
    await code.click();
    const choose = async (text: string, choice: string): Promise<void> => {
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
      await page.locator('.jp-Completer:visible .jp-Completer-item', { hasText: choice }).click();
    };
    await choose("await (await runs.latest('", "squares'");
    await choose(")).step('", "sum'");
    await choose(').art', "artifact<number[]>('curve')");
    const whole = "await (await runs.latest('squares')).step('sum').artifact<number[]>('curve')";
    expect(await code.innerText()).toBe(whole);
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+Tab');
    await page.locator('.jp-Tooltip', { hasText: 'Artifact of step sum' }).waitFor();
    await lab.photograph('completed', ['light']);
    await page.keyboard.press('Escape');
  });

  test('a summary stays in the notebook', async () => {
    await lab.command('tagflow:insert-summary');
    const shown = page.locator('.jp-Notebook .tf-SummaryView');
    await shown.locator('.react-flow__node').nth(1).waitFor();
    await lab.photograph('summary');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+s');
    await page.waitForTimeout(1500);
    const { cells } = JSON.parse(readFileSync(join(lab.folder, 'squares.ipynb'), 'utf8'));
    const [data] = cells.flatMap((cell: any) =>
      (cell.outputs ?? []).flatMap(({ data = {} }: any) =>
        data['application/vnd.tagflow.run+json'] ? [data] : [],
      ),
    );
    expect([data['text/html']].flat().join('')).toMatch(/<svg /);
    await lab.open('squares.ipynb', 'sum');
    await page.locator('.jp-Notebook .tf-SummaryView .react-flow__node').nth(1).waitFor();
  });

  test('drawings beside each other have ids of their own', async () => {
    await page.locator('.tf-Dag').nth(1).waitFor();
    const ids = await page.locator('.tf-Dag [id]').evaluateAll((elements) => elements.map(({ id }) => id));
    expect(ids.length).toBeGreaterThan(0);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test('nothing complained', () => {
    expect(lab.complaints).toEqual([]);
  });
});
