/** Loops, conditions, results that stand and going on with runs, in a real JupyterLab. */
import { jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { faultsIn } from './access.mjs';
import { notebook } from './lab.mjs';
import { describeInLab, LabPage, PATIENCE } from './labpage.mjs';

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

const outside = mkdtempSync(join(tmpdir(), 'tagflow-flaky-'));
const flaky = notebook([
  {
    source:
      'import { existsSync, writeFileSync } from "node:fs";\n' +
      `const mark = ${JSON.stringify(join(outside, 'tried'))};\n` +
      'const isSecond = existsSync(mark);\n' +
      'writeFileSync(mark, "");\n' +
      'if (!isSecond) throw new RangeError("not yet");\n' +
      'for (let tick = 1; tick < 600; tick++) {\n' +
      '  console.log("tick", tick);\n' +
      '  await new Promise((resume) => setTimeout(resume, 500));\n}\n' +
      'const done = true;',
    tags: ['step:fit'],
  },
]);
Object.assign(flaky.cells[0]!.metadata, { tagflow: { retries: 1 } });

describeInLab('runs in JupyterLab', () => {
  let lab: LabPage;
  let page: Page;

  beforeAll(async () => {
    const viewport = { width: 1500, height: 950 };
    lab = await LabPage.start({ 'loops.ipynb': notebook(cells), 'flaky.ipynb': flaky }, { viewport });
    ({ page } = lab);
    await lab.open('loops.ipynb', 'report');
  });

  afterAll(async () => {
    await lab?.stop();
    rmSync(outside, { recursive: true });
  });

  const mark = (step: string): Locator => lab.drawn(step).locator('.tf-StateMark');
  const detail = (step: string): Promise<string> => lab.drawn(step).locator('.tf-Step-detail').innerText();
  const field = (setting: string): Locator => page.locator(`[id$="_/tagflow/${setting}"]`);

  test('marks what would run, with the reasons, in the drawing and at the cell', async () => {
    await lab.drawn('load').locator('.tf-StaleMark').waitFor();
    expect(await lab.cell(1).locator('.tf-CellName').getAttribute('title')).toMatch(
      /part of step load\. Would run now: there is no result for it yet\. Click/,
    );
  });

  test('names the failed item with its input, cell and line', async () => {
    await page.locator('.tf-Run:enabled').click();
    await lab.summary('Failed in step score').waitFor();
    expect(await page.locator('.tf-Notice[role=alert]').innerText()).toMatch(
      /^score, item 7 \(\{ id: 7 \}\), cell 3, line 2: RangeError: no such row/,
    );
    expect(await detail('score')).toMatch(/^\d+\/12 · /);
    expect(await detail('sort')).toBe('skipped');
    await page.locator('.tf-GoToFailure').click();
    await page.locator('.jp-Cell.jp-mod-active', { hasText: 'RangeError' }).waitFor();
    expect(await page.locator('.tf-Details-state').innerText()).toMatch(/failed · .* · item 7 failed/);
    await lab.photograph('loop-failed');
    await lab.drawn('sort').click();
    await page.locator('.tf-Details', { hasText: 'None of its conditions was true' }).waitFor();
  });

  test('resumes with the notebook as it is now: what succeeded stands', async () => {
    await lab.cell(0).locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('00');
    await page.locator('.tf-Resume:enabled').waitFor();
    await page.waitForTimeout(1500);
    await page.locator('.tf-Resume').click();
    await lab.summary('Succeeded in').waitFor();
    expect(await mark('load').getAttribute('data-stands')).toBe('true');
    expect(await mark('score').getAttribute('data-stands')).toBeNull();
    expect(await detail('score')).toMatch(/^12\/12 · /);
    await lab.drawn('load').click();
    await page.locator('.tf-Details-state', { hasText: 'nothing ran: as in run' }).waitFor();
    await lab.drawn('draw').locator('.tf-StaleMark').waitFor();
    expect(await lab.drawn('score').locator('.tf-StaleMark').count()).toBe(0);
    await lab.photograph('resumed');
  });

  test('runs everything, by the keys alone', async () => {
    const more = page.getByRole('button', { name: 'Other ways to run' });
    await more.focus();
    await page.keyboard.press('Enter');
    await page.locator('.lm-Menu-item.lm-mod-active', { hasText: 'Run Everything' }).waitFor();
    await lab.photograph('menu');
    await page.keyboard.press('Escape');
    await page.locator('.lm-Menu').waitFor({ state: 'detached' });
    expect(await more.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('ArrowDown');
    await page.locator('.lm-Menu-item.lm-mod-active').waitFor();
    await page.keyboard.press('Enter');
    await lab.summary(/^Running/).waitFor();
    await lab.summary('Succeeded in').waitFor();
    expect(await mark('load').getAttribute('data-stands')).toBeNull();
    await page.locator('.tf-Notice[data-severity=warning]', { hasText: 'Not reproducible' }).waitFor();
    await lab.photograph('everything');
  });

  test('retries a past run as it was', async () => {
    await lab.fold('Past runs');
    await page.locator('.tf-RunRow').nth(2).click();
    await lab.summary(/Run of .*: Failed in step score/).waitFor();
    await lab.photograph('past-failed');
    await page.getByRole('button', { name: 'Other ways to resume' }).click();
    await page.locator('.lm-Menu-item', { hasText: 'Retry as It Was' }).click();
    await page.locator('.tf-RunRow').nth(3).waitFor();
    await lab.summary(/Run of .*: Failed in step score/).waitFor();
    expect(await mark('load').getAttribute('data-stands')).toBe('true');
    expect(await page.locator('.tf-RunRow').first().getAttribute('title')).toMatch(/which retried /);
    await page.getByRole('button', { name: 'Back to the notebook' }).click();
    await lab.summary('Succeeded in').waitFor();
  });

  test('has a form for the settings of a step, and tells what is wrong with them', async () => {
    await lab.cell(4).click();
    await page.getByRole('button', { name: 'Settings…' }).click();
    await page.getByLabel('It depends on no other step').waitFor();
    await page.waitForFunction(() => document.activeElement!.closest('.jp-FormGroup-content, .jp-Collapse'));
    await page.getByLabel('It depends on no other step').check();
    await lab.cell(4).locator('.tf-CellProblems').waitFor({ state: 'detached' });
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
    await lab.cell(4).locator('.tf-CellProblems', { hasText: 'TF108' }).waitFor();
    await lab.photograph('settings');
    for (const name of ['timeout', 'secrets', 'env']) await field(name).fill('');
    await field('cache').selectOption('code');
    await page.getByLabel('It depends on no other step').uncheck();
    expect(await settings()).toBeUndefined();
    await lab.cell(0).click();
    await page.getByLabel('It depends on no other step').waitFor({ state: 'hidden' });
  });

  test('follows what an attempt writes while it is at work', async () => {
    await lab.open('flaky.ipynb', 'fit');
    await lab.drawn('fit').click();
    await page.locator('.tf-Run:enabled').click();
    const attempts = page.locator('.tf-Attempt');
    await attempts.filter({ hasText: 'RangeError: not yet' }).waitFor();
    await attempts.nth(1).locator('summary').click();
    const log = attempts.nth(1).locator('.tf-Log');
    await log.filter({ hasText: 'tick 1' }).waitFor();
    const ticks = (await log.innerText()).match(/tick/g)!.length;
    await log.filter({ hasText: `tick ${ticks + 4}` }).waitFor();
    expect(await faultsIn(page, '.tf-PanelWidget')).toEqual([]);
    await lab.photograph('attempts');
    await page.locator('.tf-Stop').click();
    await lab.summary('Stopped').waitFor();
    expect(await attempts.nth(1).getAttribute('open')).not.toBeNull();
  });

  test('leaves no complaint in the console', () => expect(lab.complaints).toEqual([]));
});
