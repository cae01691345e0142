// A page of JupyterLab on which a test is played: opened, looked at, photographed.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { missing, openBrowser, output, startLab } from './lab.mjs';

/** Milliseconds: how long to wait for what a loaded machine may take long to do; not a measure of anything. */
export const PATIENCE = 120_000;

/**
 * Tests that need JupyterLab and a browser, skipped where there are none.
 * @param {string} name
 * @param {() => void} tests
 */
export function describeInLab(name, tests) {
  const lack = missing();
  const { describe } = globalThis;
  if (lack === null) describe(name, tests);
  else describe.skip(`${name} (skipped: ${lack})`, tests);
}

export class LabPage {
  /**
   * What the page said of errors.
   * @type {string[]}
   */
  complaints = [];

  /**
   * @param {import('./lab.mjs').Lab} lab
   * @param {import('playwright-core').Browser} browser
   * @param {import('playwright-core').Page} page
   */
  constructor(lab, browser, page) {
    this.lab = lab;
    this.browser = browser;
    this.page = page;
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    // Pods of a test cluster come and go on this very machine, with networks that the browser takes for its own.
    const isOurs = (message) => message.type() === 'error' && !message.text().includes('ERR_NETWORK_CHANGED');
    page.on('console', (message) => isOurs(message) && this.complaints.push(message.text()));
  }

  /**
   * Starts JupyterLab on these files, and a browser; `stop` ends both.
   * @param {Record<string, unknown>} files by path; their JSON
   * @param {{ viewport?: { width: number, height: number }, settings?: Record<string, object> }} [options]
   */
  static async start(files, { viewport = { width: 1600, height: 1000 }, settings } = {}) {
    mkdirSync(output, { recursive: true });
    const lab = await startLab(files, settings);
    try {
      const browser = await openBrowser();
      const started = new LabPage(lab, browser, await browser.newPage({ viewport }));
      await started.dismissThemeTrouble();
      return started;
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  async stop() {
    await this.browser.close();
    await this.lab.stop();
  }

  /**
   * Opens a notebook with its panel, and waits until a step of it is drawn.
   * @param {string} notebook
   * @param {string} step
   * @param {{ hash?: string, panelWidth?: number }} [options]
   */
  async open(notebook, step, { hash = '', panelWidth = 460 } = {}) {
    await this.page.goto(this.lab.url(notebook) + hash);
    await this.page.locator('.jp-SideBar .lm-TabBar-tab[title="Pipeline"]').click();
    await this.drawn(step).waitFor();
    await this.widenPanel(panelWidth);
  }

  /** @param {number} width of the side bar at the right, in CSS pixels */
  async widenPanel(width) {
    const { page } = this;
    const handle = page.locator('#jp-main-split-panel > .lm-SplitPanel-handle:not(.lm-mod-hidden)').last();
    const box = await handle.boundingBox();
    if (!box) return;
    await page.mouse.move(box.x + 1, 400);
    await page.mouse.down();
    await page.mouse.move(page.viewportSize().width - width, 400, { steps: 4 });
    await page.mouse.up();
  }

  /** What JupyterLab serves. */
  get folder() {
    return this.lab.folder;
  }

  get panel() {
    return this.page.locator('.tf-PanelWidget');
  }

  /** @param {string} step */
  drawn(step) {
    return this.panel.locator(`.react-flow__node[data-id="${step}"]`);
  }

  /** @param {string | RegExp} hasText */
  summary(hasText) {
    return this.panel.locator('.tf-Summary', { hasText });
  }

  /** @param {number} index */
  cell(index) {
    return this.page.locator('.jp-Notebook .jp-Cell').nth(index);
  }

  /**
   * Folds or unfolds a section of the panel, or of a page.
   * @param {string} title
   */
  async fold(title) {
    await this.page.locator('.tf-Section-title:visible', { hasText: title }).click();
  }

  /**
   * @param {string} id
   * @param {object} [args]
   */
  async command(id, args = {}) {
    // What a command gives, such as a widget, stays in the page.
    await this.page.evaluate(
      ([command, given]) => globalThis.jupyterapp.commands.execute(command, given).then(() => undefined),
      [id, args],
    );
  }

  /**
   * Pictures for looking at.
   * @param {string} what
   * @param {('dark' | 'light')[]} [themes]
   */
  async photograph(what, themes = ['dark', 'light']) {
    for (const kind of themes) {
      const theme = kind === 'dark' ? 'JupyterLab Dark' : 'JupyterLab Light';
      await this.command('apputils:change-theme', { theme });
      await this.page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: 'attached' });
      await this.page.waitForTimeout(600);
      await this.page.screenshot({ path: join(output, `${what}-${kind}.png`) });
    }
  }

  /** On a busy machine JupyterLab gives up its theme's stylesheet after some seconds and asks to be told so. */
  async dismissThemeTrouble() {
    const trouble = this.page.locator('.jp-Dialog', { hasText: 'Error Loading Theme' });
    await this.page.addLocatorHandler(trouble, () => trouble.locator('.jp-mod-accept').click());
  }
}
