/** The extension on a real cluster, in a real JupyterLab: set up, check, submit, follow, stop, export. */
import { jest } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { faultsIn } from '../ui/access.mjs';
import {
  dismissThemeTrouble,
  missing,
  notebook,
  openBrowser,
  output,
  startLab,
  widenPanel,
  type Lab,
} from '../ui/lab.mjs';
import { awsKeys, bed } from './cluster.ts';

const lack = missing();
const maybe = lack === null ? describe : describe.skip;

/** Milliseconds: how long to wait for what a loaded machine may take long to do; not a measure of anything. */
const PATIENCE = 120_000;
jest.setTimeout(4 * PATIENCE);

const cells = [
  { source: 'const bad = 0;', tags: ['parameters'] },
  {
    source: 'const rows = [3, 1, 2].map((id) => ({ id }));\nconsole.log("rows", rows.length);',
    tags: ['step:load'],
  },
  {
    source:
      'if (bad > 0) throw new RangeError("no such row");\nconst total = rows.reduce((sum, { id }) => sum + id, 0);',
    tags: ['step:sum'],
  },
];

maybe(lack === null ? 'a cluster in JupyterLab' : `a cluster in JupyterLab (skipped: ${lack})`, () => {
  let lab: Lab;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    mkdirSync(output, { recursive: true });
    Object.assign(process.env, awsKeys(), { KUBECONFIG: bed.kubeconfig });
    lab = await startLab({ 'sums.ipynb': notebook(cells) });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    page.setDefaultTimeout(PATIENCE);
    await dismissThemeTrouble(page);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(lab.url('sums.ipynb'));
    await page.locator('.jp-SideBar .lm-TabBar-tab[title="Pipeline"]').click();
    await drawn('sum').waitFor();
    await widenPanel(page, 1140);
  });

  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
  });

  const drawn = (step: string): Locator => page.locator(`.react-flow__node[data-id="${step}"]`);
  const summary = (hasText: string | RegExp): Locator => page.locator('.tf-Summary', { hasText });
  const field = (label: string): Locator => page.getByLabel(label, { exact: true });

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

  test('a project without a cluster is set up and checked', async () => {
    await page.getByRole('button', { name: 'Set up a cluster…' }).click();
    await field('Bucket for results').fill(`${bed.s3.url}/ui-${Date.now()}`);
    await field('S3 service').fill(bed.s3.endpoint);
    await field('Registry for images').fill('127.0.0.1:1/nothing');
    await photograph('cluster-form');
    await page.locator('.tf-ClusterForm summary').click();
    await field('S3 service, from pods').fill(bed.s3.clusterEndpoint);
    await field('Base image').fill(bed.base);
    await page.locator('.tf-Save').click();
    await page.locator('.tf-ClusterPage-sum', { hasText: 'Runs cannot be submitted yet.' }).waitFor();
    await page.locator('.tf-Findings li[data-state=failed]', { hasText: 'registry' }).waitFor();
    await photograph('cluster-ill');
    await field('Registry for images').fill(`${bed.registry}/team`);
    await page.locator('.tf-Save').click();
    await page.locator('.tf-ClusterPage-sum', { hasText: 'Runs can be submitted.' }).waitFor();
    await page.locator('.tf-CheckAll:enabled').click();
    await page
      .locator('.tf-Findings li[data-state=ok]', { hasText: 'a pod ran and wrote its result' })
      .waitFor();
    expect(await faultsIn(page, '.tf-ClusterPage')).toEqual([]);
    await photograph('cluster-well');
    const { tagflow } = JSON.parse(readFileSync(join(lab.folder, 'package.json'), 'utf8'));
    expect(tagflow.registry).toEqual({ push: `${bed.registry}/team` });
    expect(await page.locator('.tf-Place').innerText()).toMatch(/tagflow-test\s+as tester/);
  });

  test('a pipeline is submitted and followed to its end, while the kernel is free', async () => {
    await page
      .locator('#jp-main-dock-panel .lm-TabBar-tab', { hasText: 'Cluster' })
      .locator('.lm-TabBar-tabCloseIcon')
      .click();
    await page.locator('.tf-Submit:enabled').click();
    await summary('Running on the cluster').waitFor();
    await photograph('cluster-running');
    expect(await page.locator('.tf-Run').isEnabled()).toBe(true);
    await summary('Succeeded on the cluster').waitFor();
    await drawn('load').click();
    await page.locator('.tf-Log', { hasText: 'rows 3' }).waitFor();
    await photograph('cluster-succeeded');
  });

  test('a failure is a click away from its cell, and the run is found again after a reload', async () => {
    await page.locator('.tf-Panel').getByLabel('bad').fill('1');
    await page.locator('.tf-Submit:enabled').click();
    await summary('Failed in step sum').waitFor();
    expect(await page.locator('.tf-Notice[role=alert]').innerText()).toMatch(
      /^sum, cell 3, line 1: RangeError: no such row/,
    );
    await page.goto(lab.url('sums.ipynb'));
    await page.locator('.jp-SideBar .lm-TabBar-tab[title="Pipeline"]').click();
    await drawn('sum').waitFor();
    await page.locator('.tf-Section-title', { hasText: 'Past runs' }).click();
    await page.locator('.tf-RunRow').nth(0).click();
    await summary(/Run of .*: Failed in step sum/).waitFor();
    await photograph('cluster-past');
    await page.getByRole('button', { name: 'Back to the notebook' }).click();
  });

  test('is exported as files', async () => {
    await page.getByRole('button', { name: 'Other ways to submit' }).click();
    await page.locator('.lm-Menu-item', { hasText: 'Export for the Cluster…' }).click();
    await photograph('cluster-export');
    await page.locator('.jp-Dialog .jp-mod-accept').click();
    await page.locator('.Toastify__toast', { hasText: 'Written: argo/' }).waitFor();
    expect(existsSync(join(lab.folder, 'argo', 'template.yaml'))).toBe(true);
  });

  test('nothing complained', () => {
    // The test cluster's pods come and go on this very machine, with networks that the browser takes for its own.
    expect(complaints.filter((each) => !each.includes('ERR_NETWORK_CHANGED'))).toEqual([]);
  });
});
