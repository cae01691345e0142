/** Loops, conditions, results that stand and going on with runs, in a real JupyterLab. */
import { jest } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import {
  dismissThemeTrouble,
  missing,
  notebook,
  openBrowser,
  output,
  startLab,
  widenPanel,
  type Lab,
} from './lab.mjs';

const lack = missing();
const maybe = lack === null ? describe : describe.skip;
const name = lack === null ? 'runs in JupyterLab' : `runs in JupyterLab (skipped: ${lack})`;

/** Milliseconds: how long to wait for what a loaded machine may take long to do; not a measure of anything. */
const PATIENCE = 90_000;
jest.setTimeout(4 * PATIENCE);

const cells = [
  { source: 'import { foreach } from "tagflow";\nconst bad = 7;' },
  { source: 'const rows = Array.from({ length: 12 }, (_, id) => ({ id }));', tags: ['step:load'] },
  {
    source:
      'const scores = await foreach(rows, (row) => {\n' +
      '  if (row.id === bad) throw new RangeError("no such row");\n' +
      '  return row.id * 2;\n});',
    tags: ['step:score'],
  },
  {
    source:
      'let size = "small";\nif (rows.length > 100) size = "large"; else if (rows.length > 50) size = "medium";',
    tags: ['step:sort'],
  },
  { source: 'const luck = Math.random();', tags: ['step:draw'] },
  { source: 'const report = { size, luck, best: Math.max(...scores) };', tags: ['step:report'] },
];

maybe(name, () => {
  let lab: Lab;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    mkdirSync(output, { recursive: true });
    lab = await startLab({ 'loops.ipynb': notebook(cells) });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1500, height: 950 } });
    page.setDefaultTimeout(PATIENCE);
    await dismissThemeTrouble(page);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(lab.url('loops.ipynb'));
    await page.locator('.jp-SideBar .lm-TabBar-tab[title="Pipeline"]').click();
    await drawn('report').waitFor();
    await widenPanel(page, 1040);
  });

  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
  });

  const cell = (index: number): Locator => page.locator('.jp-Notebook .jp-Cell').nth(index);
  const drawn = (step: string): Locator => page.locator(`.react-flow__node[data-id="${step}"]`);
  const mark = (step: string): Locator => drawn(step).locator('.tf-StateMark');
  const detail = (step: string): Promise<string> => drawn(step).locator('.tf-Step-detail').innerText();
  const field = (setting: string): Locator => page.locator(`[id$="_/tagflow/${setting}"]`);
  const summary = (hasText: string | RegExp): Locator => page.locator('.tf-Summary', { hasText });

  /** In the light theme and in the dark one. */
  async function photograph(what: string): Promise<void> {
    for (const theme of ['JupyterLab Dark', 'JupyterLab Light']) {
      await page.evaluate(
        (theme) =>
          (
            window as unknown as {
              jupyterapp: { commands: { execute(id: string, args: object): Promise<void> } };
            }
          ).jupyterapp.commands.execute('apputils:change-theme', { theme }),
        theme,
      );
      await page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: 'attached' });
      await page.waitForTimeout(600);
      await page.screenshot({ path: join(output, `${what}-${theme.split(' ')[1]!.toLowerCase()}.png`) });
    }
  }

  test('marks what would run, with the reasons, in the drawing and at the cell', async () => {
    await drawn('load').locator('.tf-StaleMark').waitFor();
    expect(await cell(1).locator('.tf-CellName').getAttribute('title')).toMatch(
      /part of step load\. Would run now: there is no result for it yet\. Click/,
    );
  });

  test('names the failed item with its input, cell and line', async () => {
    await page.locator('.tf-Run:enabled').click();
    await summary('Failed in step score').waitFor();
    expect(await page.locator('.tf-Notice[role=alert]').innerText()).toMatch(
      /^score, item 7 \(\{ id: 7 \}\), cell 3, line 2: RangeError: no such row/,
    );
    expect(await detail('score')).toMatch(/^\d+\/12 · /);
    expect(await detail('sort')).toBe('skipped');
    await page.locator('.tf-GoToFailure').click();
    await page.locator('.jp-Cell.jp-mod-active', { hasText: 'RangeError' }).waitFor();
    expect(await page.locator('.tf-Details-state').innerText()).toMatch(/failed · .* · item 7 failed/);
    await photograph('loop-failed');
    await drawn('sort').click();
    await page.locator('.tf-Details', { hasText: 'None of its conditions was true' }).waitFor();
  });

  test('resumes with the notebook as it is now: what succeeded stands', async () => {
    await cell(0).locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('00');
    await page.locator('.tf-Resume:enabled').waitFor();
    await page.waitForTimeout(1500);
    await page.locator('.tf-Resume').click();
    await summary('Succeeded in').waitFor();
    expect(await mark('load').getAttribute('data-stands')).toBe('true');
    expect(await mark('score').getAttribute('data-stands')).toBeNull();
    expect(await detail('score')).toMatch(/^12\/12 · /);
    await drawn('load').click();
    await page.locator('.tf-Details-state', { hasText: 'nothing ran: as in run' }).waitFor();
    await drawn('draw').locator('.tf-StaleMark').waitFor();
    expect(await drawn('score').locator('.tf-StaleMark').count()).toBe(0);
    await photograph('resumed');
  });

  test('runs everything, by the keys alone', async () => {
    const more = page.getByRole('button', { name: 'Other ways to run' });
    await more.focus();
    await page.keyboard.press('Enter');
    await page.locator('.lm-Menu-item.lm-mod-active', { hasText: 'Run Everything' }).waitFor();
    await photograph('menu');
    await page.keyboard.press('Escape');
    await page.locator('.lm-Menu').waitFor({ state: 'detached' });
    expect(await more.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('ArrowDown');
    await page.locator('.lm-Menu-item.lm-mod-active').waitFor();
    await page.keyboard.press('Enter');
    await summary(/^Running/).waitFor();
    await summary('Succeeded in').waitFor();
    expect(await mark('load').getAttribute('data-stands')).toBeNull();
    await page.locator('.tf-Notice[data-severity=warning]', { hasText: 'Not reproducible' }).waitFor();
    await photograph('everything');
  });

  test('retries a past run as it was', async () => {
    await page.locator('.tf-Section-title', { hasText: 'Past runs' }).click();
    await page.locator('.tf-RunRow').nth(2).click();
    await summary(/Run of .*: Failed in step score/).waitFor();
    await photograph('past-failed');
    await page.getByRole('button', { name: 'Other ways to resume' }).click();
    await page.locator('.lm-Menu-item', { hasText: 'Retry as It Was' }).click();
    await page.locator('.tf-RunRow').nth(3).waitFor();
    await summary(/Run of .*: Failed in step score/).waitFor();
    expect(await mark('load').getAttribute('data-stands')).toBe('true');
    expect(await page.locator('.tf-RunRow').first().getAttribute('title')).toMatch(/which retried /);
    await page.getByRole('button', { name: 'Back to the notebook' }).click();
    await summary('Succeeded in').waitFor();
  });

  test('has a form for the settings of a step, and tells what is wrong with them', async () => {
    await cell(4).click();
    await page.locator('.jp-SideBar .lm-TabBar-tab[title="Property Inspector"]').click();
    const form = page.locator('.jp-Collapse', { hasText: 'Pipeline step' });
    const titles = form.locator('.jp-Collapse-header');
    await titles.waitFor();
    if (!(await page.getByLabel('It depends on no other step').isVisible())) await titles.click();
    await page.getByLabel('It depends on no other step').check();
    await cell(4).locator('.tf-CellProblems').waitFor({ state: 'detached' });
    const settings = (): Promise<unknown> =>
      page.evaluate(() =>
        (
          window as unknown as {
            jupyterapp: {
              shell: {
                currentWidget: { content: { activeCell: { model: { getMetadata(key: string): unknown } } } };
              };
            };
          }
        ).jupyterapp.shell.currentWidget.content.activeCell.model.getMetadata('tagflow'),
      );
    expect(await settings()).toEqual({ after: [] });
    await page.getByLabel('Earlier results').selectOption('never');
    await field('timeout').fill('5 minutes');
    await field('secrets').fill('TOKEN, OTHER');
    await field('env').fill('LEVEL=3');
    const written = { cache: false, timeout: '5 minutes', secrets: ['TOKEN', 'OTHER'], env: { LEVEL: '3' } };
    expect(await settings()).toEqual({ after: [], ...written });
    await cell(4).locator('.tf-CellProblems', { hasText: 'TF108' }).waitFor();
    await photograph('settings');
    for (const name of ['timeout', 'secrets', 'env']) await field(name).fill('');
    await field('cache').selectOption('code');
    await page.getByLabel('It depends on no other step').uncheck();
    expect(await settings()).toBeUndefined();
    await cell(0).click();
    await titles.waitFor({ state: 'hidden' });
  });

  test('leaves no complaint in the console', () => expect(complaints).toEqual([]));
});
