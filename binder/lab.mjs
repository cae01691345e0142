// JupyterLab with the tour open, after setting up what is missing.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { root } from './packages.mjs';
import { main, SetupError } from './progress.mjs';
import { setUp } from './setup.mjs';

const USAGE = `npm start -- [--no-browser] [--port N]

  --no-browser  print the address without opening it
  --port N      serve on this port (without it: 8888, or the next that is free)`;
const HOST = '127.0.0.1';
const TOUR = 'binder/tour.ipynb';

await main(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return void console.log(USAGE);
  const port = await choosePort(options.port);
  const { python } = await setUp();
  await serve(python, port, !options['no-browser']);
});

function readOptions(args) {
  let values;
  try {
    const options = {
      'no-browser': { type: 'boolean' },
      port: { type: 'string' },
      help: { type: 'boolean' },
    };
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new SetupError(`${error.message.split('. ')[0]}.\n\n${USAGE}`);
  }
  if (values.port === undefined) return values;
  const port = Number(values.port);
  if (Number.isInteger(port) && port > 0 && port < 65536) return { ...values, port };
  throw new SetupError(`${values.port} is no port: give a number from 1 to 65535.`);
}

async function choosePort(wanted) {
  if (wanted !== undefined) {
    if (await isFree(wanted)) return wanted;
    throw new SetupError(
      `Port ${wanted} is in use: give another, as in \`npm start -- --port ${wanted + 1}\`.`,
    );
  }
  for (let port = 8888; port < 8988; port++) if (await isFree(port)) return port;
  throw new SetupError('No port from 8888 to 8987 is free: give one, as in `npm start -- --port 9000`.');
}

async function isFree(port) {
  const server = createServer();
  try {
    await once(server.listen(port, HOST), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** Serves until Ctrl-C, or until the server ends by itself. */
async function serve(python, port, browser) {
  const token = process.env.JUPYTER_TOKEN || randomBytes(24).toString('hex');
  const args = [
    ...[
      '-m',
      'jupyterlab',
      `--ServerApp.ip=${HOST}`,
      `--ServerApp.port=${port}`,
      '--ServerApp.port_retries=0',
    ],
    ...[
      `--ServerApp.root_dir=${root}`,
      `--LabApp.default_url=/lab/tree/${TOUR}`,
      '--Application.log_level=WARN',
    ],
    ...(browser ? [] : ['--no-browser']),
    ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
  ];
  // In a process group of its own, so that Ctrl-C comes to us alone: Jupyter would stop and ask.
  const server = spawn(python, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: process.platform !== 'win32',
    env: { ...process.env, JUPYTER_TOKEN: token },
  });
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      stopping = true;
      server.kill('SIGTERM');
    });
  }
  const ended = once(server, 'exit');
  const address = `http://${HOST}:${port}`;
  while (server.exitCode === null && !stopping && !(await answers(`${address}/api`))) await sleep(100);
  if (server.exitCode === null && !stopping) {
    console.log(
      `\nJupyterLab is ready:\n\n    ${address}/lab/tree/${TOUR}?token=${token}\n\nCtrl-C ends it.`,
    );
  }
  const [code] = await ended;
  if (!stopping) throw new SetupError(`JupyterLab ended${code ? ` with exit code ${code}` : ''}.`);
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
