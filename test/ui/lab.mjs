// A JupyterLab of the tests' own, and a browser to look at it.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const root = resolve(import.meta.dirname, '../..');

/** Screenshots and logs, kept for looking at. */
export const output = join(root, 'test', 'output', 'ui');

const chromiumPath = process.env.TAGFLOW_CHROMIUM ?? '/usr/bin/chromium';
const python = process.env.TAGFLOW_PYTHON ?? join(homedir(), '.cache/tagflow/dev-venv/bin/python');

/**
 * What this machine lacks for these tests, in words; null when it has everything.
 * @returns {string | null}
 */
export function missing() {
  if (!existsSync(chromiumPath)) return `no Chromium at ${chromiumPath}`;
  if (!existsSync(python)) return `no Python environment with JupyterLab at ${python}`;
  if (!existsSync(join(root, 'labextension/labextension/package.json'))) return 'the extension is not built';
  return null;
}

/**
 * @typedef {object} Lab
 * @property {(notebook: string) => string} url the address that opens this notebook
 * @property {string} folder the folder that is served
 * @property {() => Promise<void>} stop
 */

/**
 * Starts JupyterLab on a folder with these files, with a home of its own.
 * @param {Record<string, unknown>} files by path; their JSON
 * @param {Record<string, object>} settings by plugin
 * @returns {Promise<Lab>}
 */
export async function startLab(files, settings = {}) {
  const home = mkdtempSync(join(tmpdir(), 'tagflow-ui-'));
  const folder = join(home, 'work');
  const write = (path, data) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(data));
  };
  // Steps resolve their packages as from a folder of this repository.
  write(join(folder, 'package.json'), { name: 'work', private: true });
  for (const [name, data] of Object.entries(files)) write(join(folder, name), data);
  const quiet = {
    '@jupyterlab/apputils-extension/notification': { fetchNews: 'false', checkForUpdates: false },
  };
  for (const [plugin, data] of Object.entries({ ...quiet, ...settings })) {
    write(join(home, 'settings', `${plugin}.jupyterlab-settings`), data);
  }
  const port = await freePort();
  const token = 'tagflow';
  const logFile = join(home, 'lab.log');
  const log = openSync(logFile, 'a');
  const server = spawn(
    python,
    [
      ...['-m', 'jupyterlab', '--no-browser', '--allow-root', '--ServerApp.ip=127.0.0.1'],
      ...[`--ServerApp.port=${port}`, '--ServerApp.port_retries=0', `--IdentityProvider.token=${token}`],
      ...[`--ServerApp.root_dir=${folder}`, '--LabApp.expose_app_in_browser=True', '--LabApp.news_url=None'],
      ...[
        '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
        '--LabApp.extension_manager=readonly',
      ],
    ],
    {
      env: {
        ...process.env,
        HOME: home,
        JUPYTER_PATH: jupyterPath(home),
        JUPYTER_CONFIG_DIR: join(home, 'config'),
        JUPYTER_DATA_DIR: join(home, 'data'),
        JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
        JUPYTERLAB_SETTINGS_DIR: join(home, 'settings'),
        JUPYTERLAB_WORKSPACES_DIR: join(home, 'workspaces'),
      },
      stdio: ['ignore', log, log],
    },
  );
  const base = `http://127.0.0.1:${port}`;
  await answers(`${base}/api/status?token=${token}`, server, logFile);
  return {
    url: (notebook) => `${base}/lab/tree/${notebook}?token=${token}&reset`,
    folder,
    stop: async () => {
      await fetch(`${base}/api/shutdown?token=${token}`, { method: 'POST' }).catch(() => undefined);
      await ended(server);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export function openBrowser() {
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

/**
 * A notebook for our kernel, whose cells are called `c0`, `c1` and so on.
 * @param {{ source: string, type?: 'code' | 'markdown', tags?: string[] }[]} cells
 */
export function notebook(cells, kernel = 'tagflow') {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: kernel, display_name: kernel, language: 'typescript' } },
    cells: cells.map(({ source, type = 'code', tags }, index) => ({
      id: `c${index}`,
      cell_type: type,
      source,
      metadata: tags ? { tags } : {},
      ...(type === 'code' ? { outputs: [], execution_count: null } : {}),
    })),
  };
}

/** This checkout's kernel and extension, installed for this server alone unless the whole test run has them. */
function jupyterPath(home) {
  const given = process.env.JUPYTER_PATH;
  if (given !== undefined) return given;
  const prefix = join(home, 'jupyter');
  const tagflow = join(root, 'kernel', 'lib', 'main.js');
  execFileSync(process.execPath, [tagflow, 'install', '--prefix', prefix], { stdio: 'ignore' });
  return join(prefix, 'share', 'jupyter');
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((settle) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => settle(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function answers(url, server, logFile) {
  for (let attempt = 0; attempt < 600; attempt++) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return;
    if (server.exitCode !== null) break;
    await new Promise((resume) => setTimeout(resume, 100));
  }
  throw new Error(`JupyterLab did not start:\n${readFileSync(logFile, 'utf8')}`);
}

/** Waits for the process, and ends it when it does not end by itself. */
async function ended(child) {
  if (child.exitCode !== null) return;
  await new Promise((settle) => {
    const patience = setTimeout(() => child.kill('SIGKILL'), 8000);
    child.once('exit', () => {
      clearTimeout(patience);
      settle();
    });
  });
}
