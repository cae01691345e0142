/** A process that ends another's group when this one is gone: a group that is stopped cannot notice that by itself. */
import { spawn } from 'node:child_process';

/** @returns what calls it off, once the group has ended */
export function watch(group: number): () => void {
  // The shell waits on a pipe to which no one writes: it is closed when this process ends, however that is.
  const shell = spawn('/bin/sh', ['-c', 'read -r _; kill -s KILL -- "-$0"', String(group)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // as the group is: what a terminal sends is for this process
  });
  shell.on('error', () => undefined); // without a shell, what is not stopped still ends by itself
  shell.unref();
  return () => shell.kill('SIGKILL');
}
