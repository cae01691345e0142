/* global document, MutationObserver, requestAnimationFrame, TextDecoder, WebSocket */
// The panel in a real JupyterLab: how long after a change it shows it, whether typing stays smooth, and what it adds.
import { gzipSync } from 'node:zlib';
import { testEnvironment } from '../environment.mjs';
import { tell } from './measure.mjs';

/** Milliseconds: nothing takes so long unless something is broken. */
const PATIENCE = 180_000;
/** What is typed, key by key, with so many milliseconds between. */
const ADDED = [' ', '+', ' ', 'v', '1'];
const BETWEEN_KEYS = 80;

/** @param {number} rounds how often each is measured */
export async function measurePanel(rounds) {
  Object.assign(process.env, await testEnvironment());
  const { notebook, openBrowser, startLab } = await import('../ui/lab.mjs');
  const lab = await startLab({
    'many.ipynb': notebook(cellsOf(100, 300)),
    'huge.ipynb': notebook(cellsOf(500, 500)),
  });
  const browser = await openBrowser();
  try {
    await tellSize(browser, lab);
    for (const [name, steps] of [
      ['many.ipynb', 100],
      ['huge.ipynb', 500],
    ]) {
      const page = await browser.newPage({ viewport: { width: 1500, height: 950 } });
      page.setDefaultTimeout(PATIENCE);
      await page.addInitScript(noteAnswers);
      await page.goto(lab.url(name));
      await measureDrawing(page, steps);
      await measureChanges(page, steps, rounds);
      await page.close();
    }
  } finally {
    await browser.close();
    await lab.stop();
  }
}

/** A chain in which every step also uses the value of the third before it; between steps, cells that explore. */
function cellsOf(steps, cells) {
  const made = Array.from({ length: steps }, (_, i) => ({
    source: i === 0 ? 'const v0 = 1;' : `const v${i} = v${i - 1} + ${i < 3 ? 'v0' : `v${i - 3}`};`,
    tags: [`step:s${i}`],
  }));
  const others = Math.floor((cells - steps) / steps);
  return made.flatMap((step, i) => [
    step,
    ...Array.from({ length: others }, (_, k) => ({ source: `console.log(v${i} * ${k});` })),
  ]);
}

/** What is fetched before anything of ours is used, compressed as a server would. */
async function tellSize(browser, lab) {
  const page = await browser.newPage();
  const bodies = [];
  page.on('response', (response) => {
    if (response.url().includes('/extensions/@tagflow/')) bodies.push(response.body());
  });
  await page.goto(lab.url(''));
  await page.locator('.jp-Launcher').first().waitFor({ timeout: PATIENCE });
  await page.waitForTimeout(3_000);
  const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
  console.log(`${"added to JupyterLab's start".padEnd(36)} ${(bytes / 1000).toFixed(0)} kB (gzip)`);
  await page.close();
}

/** In the page: when the last analysis has come. */
function noteAnswers() {
  const times = { answered: 0 };
  const text = new TextDecoder();
  const isAnalysis = (data) =>
    /"type":\s?"pipeline"/.test(typeof data === 'string' ? data : text.decode(new Uint8Array(data)));
  globalThis.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        if (isAnalysis(data)) times.answered = Date.now();
      });
    }
  };
  globalThis.times = times;
}

/** From the answer of the first analysis to a drawing on the screen, with what is loaded for it. */
async function measureDrawing(page, steps) {
  await page.locator('.jp-SideBar .lm-TabBar-tab[title="Pipeline"]').click();
  const seconds = await page.evaluate(
    () =>
      new Promise((settle) => {
        const look = () => {
          if (!document.querySelector('.react-flow__edge')) requestAnimationFrame(look);
          else requestAnimationFrame(() => settle((Date.now() - globalThis.times.answered) / 1000));
        };
        look();
      }),
  );
  tell(`${steps} steps: laid out and drawn`, [seconds]);
  // JupyterLab goes on to make cells that are out of sight.
  await page.waitForTimeout(10_000);
}

async function measureChanges(page, steps, rounds) {
  const total = [];
  const drawing = [];
  const typing = [];
  const frames = [];
  const editor = page.locator('.jp-Notebook .jp-CodeCell', { hasText: 'const v3 =' }).first();
  await editor.locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('ArrowLeft');
  for (let round = 0; round < 2 * rounds; round++) {
    await page.waitForTimeout(3_000);
    const isLonger = round % 2 === 0;
    await page.evaluate(watchEdges);
    // An edge more, and an edge less.
    for (let i = 0; i < ADDED.length; i++) {
      await page.keyboard.press(isLonger ? ADDED[i] : 'Backspace');
      await page.waitForTimeout(i < ADDED.length - 1 ? BETWEEN_KEYS : 0);
    }
    const typed = Date.now();
    typing.push(await page.evaluate(() => globalThis.watched.longest / 1000));
    await page.waitForFunction(() => globalThis.watched.changed > 0);
    const { changed, longest } = await page.evaluate(() => globalThis.watched.end());
    const { answered } = await page.evaluate(() => globalThis.times);
    total.push((changed - typed) / 1000);
    drawing.push((changed - answered) / 1000);
    frames.push(longest / 1000);
  }
  tell(`${steps} steps, a change: until it shows`, total);
  tell('  of it after the analysis has come', drawing);
  tell('  longest frame while it is typed', typing);
  tell('  longest frame until it shows', frames);
}

/** In the page: when the drawing has other edges and is on the screen, and the longest frame meanwhile. */
function watchEdges() {
  const panel = document.querySelector('.tf-Panel');
  const edges = () =>
    [...panel.querySelectorAll('.react-flow__edge')].map((edge) => edge.getAttribute('data-id')).join();
  const before = edges();
  let last = performance.now();
  let on = true;
  const watched = {
    changed: 0,
    longest: 0,
    end() {
      on = false;
      return { changed: watched.changed, longest: watched.longest };
    },
  };
  const observer = new MutationObserver(() => {
    if (edges() === before) return;
    observer.disconnect();
    requestAnimationFrame(() => (watched.changed = Date.now()));
  });
  observer.observe(panel, { subtree: true, childList: true });
  const frame = (now) => {
    watched.longest = Math.max(watched.longest, now - last);
    last = now;
    if (on) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  globalThis.watched = watched;
}
