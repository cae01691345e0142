/* global document, MutationObserver, requestAnimationFrame */
// The panel in a real JupyterLab: how long after a change it shows it, whether typing stays smooth, and what it adds.
import { gzipSync } from 'node:zlib';
import { testEnvironment } from '../environment.mjs';
import { tell } from './measure.mjs';

/** Milliseconds: nothing takes so long unless something is broken. */
const PATIENCE = 180_000;

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
      await measureChanges(page, lab.url(name), steps, rounds);
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

async function measureChanges(page, url, steps, rounds) {
  // Analyses come over the kernel's channel: of each change the last counts.
  let analysed = 0;
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (payload.length > 20_000) analysed = Date.now();
    }),
  );
  await page.goto(url);
  await page.locator('.jp-SideBar .lm-TabBar-tab[title="Pipeline"]').click();
  await page.waitForFunction(
    (count) => document.querySelectorAll('.react-flow__node').length === count,
    steps,
    { timeout: PATIENCE },
  );
  await page.waitForTimeout(5_000);
  const total = [];
  const drawing = [];
  const frames = [];
  const editor = page.locator('.jp-Notebook .jp-CodeCell', { hasText: 'const v3 =' }).first();
  await editor.locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('ArrowLeft');
  for (let round = 0; round < 2 * rounds; round++) {
    const isLonger = round % 2 === 0;
    await page.evaluate(watchEdges);
    // An edge more, and an edge less.
    if (isLonger) await page.keyboard.type(' + v1', { delay: 40 });
    else for (let i = 0; i < 5; i++) await page.keyboard.press('Backspace', { delay: 40 });
    const typed = Date.now();
    await page.waitForFunction(() => globalThis.watched.changed > 0);
    const { changed, longest } = await page.evaluate(() => globalThis.watched.end());
    total.push((changed - typed) / 1000);
    drawing.push((changed - analysed) / 1000);
    frames.push(longest / 1000);
    await page.waitForTimeout(1_000);
  }
  tell(`a change, ${steps} steps: until it shows`, total);
  tell('  of it after the analysis has come', drawing);
  tell('  longest frame meanwhile', frames);
}

/** In the page: when the drawing has another number of edges, and the longest frame meanwhile. */
function watchEdges() {
  const panel = document.querySelector('.tf-Panel');
  const count = () => panel.querySelectorAll('.react-flow__edge').length;
  const before = count();
  let last = performance.now();
  let on = true;
  const watched = {
    changed: 0,
    longest: 0,
    end() {
      on = false;
      observer.disconnect();
      return { changed: watched.changed, longest: watched.longest };
    },
  };
  const observer = new MutationObserver(() => {
    if (watched.changed === 0 && count() !== before) watched.changed = Date.now();
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
