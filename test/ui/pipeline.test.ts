/** The main job in a real JupyterLab, with the real kernel, in a real browser. */
import { jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { notebook } from './lab.mjs';
import { describeInLab, LabPage, PATIENCE } from './labpage.mjs';

jest.setTimeout(4 * PATIENCE);

const cells = [
  { type: 'markdown' as const, source: '# Flowers' },
  { source: 'const share = 0.5;\nconst depth = 3;', tags: ['parameters'] },
  {
    source:
      'interface Flower { petal: number; kind: string }\nconst half = (n: number) => Math.floor(n * share);',
  },
  { type: 'markdown' as const, source: '## Load the data' },
  {
    source:
      'const flowers: Flower[] = Array.from({ length: 20 }, (_, i) => ({ petal: i / 4, kind: i % 2 ? "a" : "b" }));\n' +
      'console.log(`${flowers.length} flowers`);',
    tags: ['step:load'],
  },
  { source: 'const train = flowers.slice(0, half(flowers.length));', tags: ['step:split'] },
  {
    source: 'const mean = train.reduce((sum, flower) => sum + flower.petal, 0) / train.length;',
    tags: ['step:measure'],
  },
  { source: '// report it\nconst report = { mean, depth };\nconsole.log("the report", report);' },
];

describeInLab('in JupyterLab', () => {
  let lab: LabPage;
  let page: Page;

  beforeAll(async () => {
    const files = {
      'flowers.ipynb': notebook(cells),
      'python.ipynb': notebook([{ source: '1', tags: ['parameters'] }], 'python3'),
    };
    lab = await LabPage.start(files, { viewport: { width: 1500, height: 950 } });
    ({ page } = lab);
  });

  afterAll(() => lab?.stop());

  const steps = (): Promise<string[]> => page.locator('.tf-Step-name').allTextContents();
  const photograph = (what: string): Promise<void> => lab.photograph(what, ['light']);

  /** Types at the end of a cell's code. */
  async function type(index: number, text: string): Promise<void> {
    await lab.cell(index).locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(text);
  }

  test('opens a notebook and draws its pipeline', async () => {
    await lab.open('flowers.ipynb', 'measure');
    expect(await steps()).toEqual(['load', 'split', 'measure']);
    expect(await page.locator('.tf-Flow').allInnerTexts()).toEqual(['flowers', 'train']);
    expect(await page.locator('.tf-Problems').count()).toBe(0);
    await photograph('pipeline');
  });

  test('shows the type that flows along an edge', async () => {
    await page.locator('.tf-Flow', { hasText: 'train' }).focus();
    const tip = page.getByRole('tooltip');
    await tip.waitFor();
    expect(await tip.innerText()).toMatch(/^train: .*\[\]$/);
    await page.keyboard.press('Escape');
    await tip.waitFor({ state: 'detached' });
  });

  test('tags a cell with the button of its toolbar, and the drawing follows', async () => {
    await lab.cell(7).click();
    await page.locator('.jp-cell-toolbar [data-jp-item-name="tagflow-step"]').click();
    const input = page.getByLabel('Name of the step');
    await input.waitFor();
    expect(await input.inputValue()).toBe('report-it');
    const tag = page.locator('.jp-Dialog .jp-mod-accept');
    await input.fill('Report it');
    expect(await page.locator('.tf-StepDialog-hint').innerText()).toMatch(/Start with a lower-case letter/);
    expect(await tag.isDisabled()).toBe(true);
    await photograph('dialog');
    await input.fill('report');
    await tag.click();
    await lab.drawn('report').waitFor();
    expect(await steps()).toEqual(['load', 'split', 'measure', 'report']);
    expect(await lab.cell(7).locator('.tf-CellName').innerText()).toBe('report');
  });

  test('selects the cell of a step, and the step of a cell', async () => {
    await lab.drawn('load').click();
    await page.locator('.jp-Cell.jp-mod-active', { hasText: 'const flowers' }).waitFor();
    await lab.cell(5).locator('.cm-content').click();
    await page.locator('.react-flow__node.selected[data-id="split"]').waitFor();
  });

  test('says what is wrong and what to do, in the panel and at the cell', async () => {
    await type(5, '\nflowers.push({ petal: 1, kind: "c" });');
    const problem = lab.cell(5).locator('.tf-CellProblems');
    await problem.waitFor();
    expect(await problem.locator('.tf-Problem-message').first().innerText()).toContain('flowers');
    expect(await problem.locator('.tf-Problem-advice').first().innerText()).not.toBe('');
    expect(await page.locator('.tf-Panel .tf-Problem-place').first().innerText()).toMatch(
      /^split · cell 6, line 2 · TF\d+$/,
    );
    expect(await page.locator('.tf-Run').isDisabled()).toBe(true);
    await photograph('problem');
    await lab.cell(5).locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Shift+Home');
    await page.keyboard.press('Backspace');
    await problem.waitFor({ state: 'detached' });
  });

  test('runs the pipeline, live, while a cell runs', async () => {
    await page.locator('.tf-Form label', { hasText: 'depth' }).waitFor();
    await page.locator('.tf-Form input').nth(1).fill('5');
    const busy = await spin(page);
    await page.locator('.tf-Run').click();
    await lab.summary('Succeeded in').waitFor();
    await busy.end();
    const states = await page
      .locator('.react-flow__node .tf-StateMark')
      .evaluateAll((marks) => marks.map((mark) => mark.getAttribute('data-state')));
    expect(states).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    await lab.drawn('report').click();
    await page.locator('.tf-Log', { hasText: 'the report' }).waitFor();
    expect(await page.locator('.tf-Log').innerText()).toMatch(/mean: 1\.125, depth: 5/);
    await page.locator('.tf-Result summary', { hasText: 'report' }).click();
    await photograph('run');
  });

  test('stops a run', async () => {
    await type(7, '\nawait new Promise((resume) => setTimeout(resume, 600_000));');
    await page.locator('.tf-Run:enabled').waitFor();
    await page.locator('.tf-Run').click();
    await page.locator('.react-flow__node[data-id="report"] [data-state="running"]').first().waitFor();
    await page.locator('.tf-Stop').click();
    await lab.summary('Stopped after').waitFor();
    await page.locator('.react-flow__node[data-id="report"] .tf-StateMark[data-state="stopped"]').waitFor();
    await lab.cell(7).locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Shift+Home');
    await page.keyboard.press('Backspace');
  });

  test('can be used with the keys alone', async () => {
    await lab.drawn('load').focus();
    await page.keyboard.press('Enter');
    await page.locator('.jp-Cell.jp-mod-active', { hasText: 'const flowers' }).waitFor();
    await page.locator('.react-flow__node.selected[data-id="load"]').waitFor();
    expect(await lab.drawn('load').evaluate((node) => node === document.activeElement)).toBe(true);
    await page.keyboard.press('ArrowDown');
    expect(await lab.drawn('split').evaluate((node) => node === document.activeElement)).toBe(true);
    await lab.cell(7).click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+t');
    await page.getByLabel('Name of the step').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.jp-Dialog').waitFor({ state: 'detached' });
  });

  test('leads to the first error of a run', async () => {
    await type(6, '\nif (mean < 100) throw new RangeError("too small" + ", far".repeat(300));');
    await page.locator('.tf-Run:enabled').waitFor();
    await page.waitForTimeout(1000);
    await page.locator('.tf-Run').click();
    await page.locator('.tf-GoToFailure').waitFor();
    expect(await page.locator('.tf-Notice').first().innerText()).toMatch(
      /measure, cell 7, line 2: RangeError: too small/,
    );
    // However long the message is, what can be done about it is in sight.
    const notice = (await page.locator('.tf-Notice').first().boundingBox())!;
    const action = (await page.locator('.tf-GoToFailure').boundingBox())!;
    expect(action.y + action.height).toBeLessThan(notice.y + notice.height);
    await lab.cell(0).click();
    await page.locator('.tf-GoToFailure').click();
    await page.locator('.jp-Cell.jp-mod-active', { hasText: 'RangeError' }).waitFor();
    await photograph('failure');
  });

  test('lists past runs and shows them', async () => {
    await lab.fold('Past runs');
    const rows = page.locator('.tf-RunRow');
    await rows.nth(2).waitFor();
    expect(await rows.count()).toBe(3);
    await rows.nth(2).click();
    await lab.summary(/Run of .*: Succeeded/).waitFor();
    await lab.drawn('report').click();
    await page.locator('.tf-Log', { hasText: 'the report' }).waitFor();
    await photograph('past');
    await page.getByRole('button', { name: 'Back to the notebook' }).click();
  });

  test('comes back after the kernel was restarted', async () => {
    await page.evaluate(() =>
      (
        window as unknown as {
          jupyterapp: { shell: { currentWidget: { sessionContext: { restartKernel(): Promise<void> } } } };
        }
      ).jupyterapp.shell.currentWidget.sessionContext.restartKernel(),
    );
    await type(7, '\nconst later = mean + 1;');
    await lab.fold('Steps and values');
    await page.locator('.tf-Outline', { hasText: 'later' }).waitFor();
  });

  test('keeps the tags in the saved file, and changes nothing else', async () => {
    await lab.command('docmanager:save');
    await page.waitForFunction(() => !document.querySelector('.jp-mod-dirty'));
    const saved = JSON.parse(readFileSync(join(lab.folder, 'flowers.ipynb'), 'utf8')) as {
      cells: { metadata: { tags?: string[] } }[];
    };
    expect(saved.cells.map(({ metadata }) => metadata.tags)).toEqual([
      ...[undefined, ['parameters'], undefined, undefined],
      ...[['step:load'], ['step:split'], ['step:measure'], ['step:report']],
    ]);
  });

  test('is calm about a notebook of another kernel', async () => {
    await page.locator('.jp-DirListing-item', { hasText: 'python.ipynb' }).dblclick();
    await page.locator('.tf-Calm', { hasText: 'This notebook uses another kernel' }).waitFor();
    expect(await page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .tf-CellName').count()).toBe(0);
  });

  test('a new notebook can be tagged from its first cell on, and the panel goes with the tag', async () => {
    await lab.command('notebook:create-new', { kernelName: 'tagflow' });
    await page.locator('.tf-Calm', { hasText: 'No step yet' }).waitFor();
    const button = page.locator('.jp-cell-toolbar:visible [data-jp-item-name="tagflow-step"] jp-button');
    await button.click();
    await page.getByLabel('Name of the step').fill('first');
    await page.keyboard.press('Enter');
    await page.locator('.react-flow__node.selected[data-id="first"]').waitFor();
    await page.locator('.tf-Section-title', { hasText: 'Step first' }).waitFor();
    await page.locator('.jp-cell-toolbar:visible jp-button[aria-pressed="true"]').waitFor();
    await lab.command('notebook:undo-cell-action');
    await page
      .locator('.jp-cell-toolbar:visible jp-button[aria-pressed="true"]')
      .waitFor({ state: 'detached' });
  });

  test('leaves no complaint in the console', () => expect(lab.complaints).toEqual([]));
});

interface Kernel {
  requestExecute(content: { code: string; store_history: boolean }): { done: Promise<unknown> };
  interrupt(): Promise<void>;
}

/** Keeps the kernel busy with a cell that does not end, until it is interrupted. */
async function spin(page: Page): Promise<{ end(): Promise<void> }> {
  const kernel = await page.evaluateHandle(
    () =>
      (
        window as unknown as {
          jupyterapp: { shell: { currentWidget: { sessionContext: { session: { kernel: Kernel } } } } };
        }
      ).jupyterapp.shell.currentWidget.sessionContext.session.kernel,
  );
  const cell = await kernel.evaluateHandle((kernel) =>
    kernel.requestExecute({ code: 'while (true) {}', store_history: false }),
  );
  await page.waitForTimeout(500);
  return {
    end: async () => {
      await kernel.evaluate((kernel) => kernel.interrupt());
      await cell.evaluate((cell) => cell.done.then(() => undefined));
    },
  };
}
