/** The extension on a real cluster, in a real JupyterLab: set up, check, submit, follow, stop, export. */
import { jest } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { faultsIn } from '../ui/access.mjs';
import { notebook } from '../ui/lab.mjs';
import { describeInLab, LabPage, PATIENCE } from '../ui/labpage.mjs';
import { awsKeys, bed } from './cluster.ts';

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

describeInLab('a cluster in JupyterLab', () => {
  let lab: LabPage;
  let page: Page;

  beforeAll(async () => {
    Object.assign(process.env, awsKeys(), { KUBECONFIG: bed.kubeconfig });
    lab = await LabPage.start({ 'sums.ipynb': notebook(cells) });
    ({ page } = lab);
    await lab.open('sums.ipynb', 'sum');
  });

  afterAll(() => lab?.stop());

  const field = (label: string): Locator => page.getByLabel(label, { exact: true });

  test('a project without a cluster is set up and checked', async () => {
    await page.getByRole('button', { name: 'Set up a cluster…' }).click();
    await field('Bucket for results').fill(`${bed.s3.url}/ui-${Date.now()}`);
    await field('S3 service').fill(bed.s3.endpoint);
    await field('Registry for images').fill('127.0.0.1:1/nothing');
    await lab.photograph('cluster-form');
    await page.locator('.tf-ClusterForm summary').click();
    await field('S3 service, from pods').fill(bed.s3.clusterEndpoint);
    await field('Base image').fill(bed.base);
    await page.locator('.tf-Save').click();
    await page.locator('.tf-ClusterPage-sum', { hasText: 'Runs cannot be submitted yet.' }).waitFor();
    await page.locator('.tf-Findings li[data-state=failed]', { hasText: 'registry' }).waitFor();
    await lab.photograph('cluster-ill');
    await field('Registry for images').fill(`${bed.registry}/team`);
    await page.locator('.tf-Save').click();
    await page.locator('.tf-ClusterPage-sum', { hasText: 'Runs can be submitted.' }).waitFor();
    await page.locator('.tf-CheckAll:enabled').click();
    await page
      .locator('.tf-Findings li[data-state=ok]', { hasText: 'a pod ran and wrote its result' })
      .waitFor();
    expect(await faultsIn(page, '.tf-ClusterPage')).toEqual([]);
    await lab.photograph('cluster-well');
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
    await lab.summary('Running on the cluster').waitFor();
    await lab.photograph('cluster-running');
    expect(await page.locator('.tf-Run').isEnabled()).toBe(true);
    await lab.summary('Succeeded on the cluster').waitFor();
    await lab.drawn('load').click();
    await page.locator('.tf-Log', { hasText: 'rows 3' }).waitFor();
    await lab.photograph('cluster-succeeded');
  });

  test('a failure is a click away from its cell, and the run is found again after a reload', async () => {
    await page.locator('.tf-Panel').getByLabel('bad').fill('1');
    await page.locator('.tf-Submit:enabled').click();
    await lab.summary('Failed in step sum').waitFor();
    expect(await page.locator('.tf-Notice[role=alert]').innerText()).toMatch(
      /^sum, cell 3, line 1: RangeError: no such row/,
    );
    await lab.open('sums.ipynb', 'sum');
    await lab.fold('Past runs');
    await page.locator('.tf-RunRow').nth(0).click();
    await lab.summary(/Run of .*: Failed in step sum/).waitFor();
    await lab.photograph('cluster-past');
    await page.getByRole('button', { name: 'Back to the notebook' }).click();
  });

  test('is exported as files', async () => {
    await page.getByRole('button', { name: 'Other ways to submit' }).click();
    await page.locator('.lm-Menu-item', { hasText: 'Export for the Cluster…' }).click();
    await lab.photograph('cluster-export');
    await page.locator('.jp-Dialog .jp-mod-accept').click();
    await page.locator('.Toastify__toast', { hasText: 'Written: argo/' }).waitFor();
    expect(existsSync(join(lab.folder, 'argo', 'template.yaml'))).toBe(true);
  });

  test('nothing complained', () => {
    expect(lab.complaints).toEqual([]);
  });
});
