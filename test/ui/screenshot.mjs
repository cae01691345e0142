// `npm run screenshots`: the picture in README.md, drawn by the product itself. A real JupyterLab with the tour,
// executed and run as a pipeline, is printed by Chromium, and poppler makes an SVG of that.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, installPackages, requireNode, root } from '../../binder/packages.mjs';
import { command, main, SetupError, step } from '../../binder/progress.mjs';
import { testEnvironment } from '../environment.mjs';
import { findProgram } from '../programs.mjs';

/** CSS pixels. */
const SIZE = { width: 1360, height: 840 };
const PANEL = 420;
const PICTURE = join(root, 'labextension', 'screenshot.svg');
const SVGO = 'svgo@4.1.0';
/** Where runs may be submitted to: nobody is asked, so that nothing of it need be there. */
const DEPLOYMENT = {
  store: { url: 's3://penguins/runs', endpoint: 'http://127.0.0.1:1' },
  registry: { push: 'registry.example.com/penguins' },
};
const KUBECONFIG = {
  ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'research' },
  clusters: [{ name: 'research', cluster: { server: 'https://research.example.com' } }],
  users: [{ name: 'ada', user: {} }],
  contexts: [{ name: 'research', context: { cluster: 'research', user: 'ada', namespace: 'penguins' } }],
};
/** Shadows and patterns would be printed as bitmaps; what moves would be caught in the middle of it. */
const PRINTED = `
  *:not(.tf-Step) { box-shadow: none !important; text-shadow: none !important; }
  * { transition: none !important; animation: none !important; caret-color: transparent !important; }
  .react-flow__background, .cm-cursor { visibility: hidden !important; }
`;

await main(async () => {
  requireNode();
  await installPackages();
  await build();
  Object.assign(process.env, await testEnvironment());
  const converter = await findProgram(['pdftocairo'], 'poppler-utils');
  if (!converter) throw new SetupError('There is no pdftocairo: install poppler-utils.');
  // Only now are there packages to import and an environment to read.
  const lab = await import('./lab.mjs');
  const lack = lab.missing();
  if (lack) throw new SetupError(`The picture cannot be made: there is ${lack}.`);
  const { LabPage } = await import('./labpage.mjs');
  mkdirSync(lab.output, { recursive: true });
  const pdf = join(lab.output, 'screenshot.pdf');
  await step('Taking the picture', () => print(LabPage, lab.output, pdf));
  await command(converter, ['-svg', pdf, PICTURE]);
  // Less than half the size, and no difference to be seen.
  await command('npx', ['--yes', SVGO, '--precision', '1', '--multipass', PICTURE], { cwd: lab.output });
  console.log(`${PICTURE}: ${Math.round(readFileSync(PICTURE).length / 1024)} KiB`);
});

/** Writes JupyterLab as it stands on the screen to a PDF of one page. */
async function print(LabPage, output, pdf) {
  const tour = JSON.parse(readFileSync(join(root, 'binder', 'tour.ipynb'), 'utf8'));
  // Cells out of sight are else laid out anew when the page is printed, and what is in sight moves.
  const settings = { '@jupyterlab/notebook-extension/tracker': { windowingMode: 'none' } };
  const kubeconfig = join(output, 'kubeconfig.json');
  writeFileSync(kubeconfig, JSON.stringify(KUBECONFIG));
  Object.assign(process.env, {
    KUBECONFIG: kubeconfig,
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
  });
  const project = { name: 'work', private: true, tagflow: DEPLOYMENT };
  const files = { 'package.json': project, 'tour.ipynb': tour };
  const shown = await LabPage.start(files, { viewport: SIZE, settings });
  const { page } = shown;
  try {
    symlinkSync(join(root, 'node_modules'), join(shown.folder, 'node_modules'));
    await shown.open('tour.ipynb', 'report');
    await arrange(shown);
    await page.emulateMedia({ media: 'screen' });
    await page.addStyleTag({ content: PRINTED });
    await page.screenshot({ path: join(output, 'screenshot.png') });
    const [width, height] = [SIZE.width, SIZE.height].map((length) => `${length}px`);
    await page.pdf({ path: pdf, width, height, printBackground: true, pageRanges: '1' });
  } finally {
    await shown.stop();
  }
}

/** Brings the page into the state of the picture: cells executed, pipeline run, a step selected, types in sight. */
async function arrange(shown) {
  const { page } = shown;
  await page.evaluate(() => globalThis.jupyterapp.shell.collapseLeft());
  await shown.command('notebook:run-all-cells');
  await shown.widenPanel(PANEL);
  await page.locator('.tf-Run:enabled').click();
  await shown.summary('Succeeded in').waitFor();
  await shown.drawn('neighbours').click();
  await page.locator('.jp-RenderedMarkdown', { hasText: 'How many neighbours' }).evaluate((line) => {
    const cell = line.closest('.jp-Cell');
    const pane = cell.closest('.jp-WindowedPanel-outer');
    pane.scrollTop += cell.getBoundingClientRect().top - pane.getBoundingClientRect().top + 4;
  });
  await page.locator('.tf-Flow', { hasText: 'neighbours' }).focus();
  await page.getByRole('tooltip').waitFor();
  await page.locator('#jp-main-statusbar', { hasText: 'Idle' }).waitFor();
}
