/** A kernel from its start to its end. */
import { readConnection } from './connection.js';
import { Kernel } from './kernel.js';
import { Server } from './server.js';

const PARENT_CHECK = 1000; // ms

/**
 * Runs a kernel for the notebooks of the present directory until it is shut down.
 * @param connectionFile path of the file that the frontend wrote
 * @throws ConnectionError when the file or one of its addresses cannot be used
 */
export async function startKernel(connectionFile: string): Promise<void> {
  const server = new Server(readConnection(connectionFile));
  await server.bind();
  const kernel = new Kernel(server, { directory: process.cwd(), exit: () => process.exit(0) });
  const end = () => void kernel.shutDown();
  process.on('SIGINT', () => kernel.interrupt());
  process.on('SIGTERM', end);
  process.on('SIGHUP', end); // its terminal was closed
  process.on('exit', () => kernel.end());
  endWithParent(end);
  kernel.start();
}

/** Jupyter names itself, so that a kernel ends when its server is killed. */
function endWithParent(end: () => void): void {
  const parent = Number(process.env['JPY_PARENT_PID']);
  if (!parent || process.ppid !== parent) return;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, PARENT_CHECK).unref();
}
