/** What Jupyter starts: `node process.js CONNECTION_FILE`. */
import { ConnectionError } from './connection.js';
import { startKernel } from './main.js';

const [, , connectionFile] = process.argv;
try {
  if (connectionFile === undefined) {
    throw new ConnectionError('Give the connection file, which Jupyter writes when it starts the kernel.');
  }
  await startKernel(connectionFile);
} catch (error) {
  if (!(error instanceof ConnectionError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
