/** Processes with all that they start: each is a group of its own, and none outlives this process. */
import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Reads lines, each the groups that there are now. When nobody is there to write more, it ends those of the last line:
 * a process that is busy or stopped would not notice that its parent was killed.
 */
const WATCHDOG = 'while read -r line; do groups=$line; done; [ -z "$groups" ] || kill -s KILL -- $groups';

export class ProcessGroups {
  private readonly members = new Set<number>();
  private watchdog: ChildProcess | undefined;
  private closing = false;

  /** @param child a process that was started `detached`, which makes it the first of its group */
  add(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.members.add(pid);
    this.tellWatchdog();
    child.once('exit', () => {
      // What it has started ends with it.
      signalGroup(child, 'SIGKILL');
      this.members.delete(pid);
      this.tellWatchdog();
    });
  }

  /** Nothing more is added: the watchdog ends with the last process, not with this one, which may live for days. */
  close(): void {
    this.closing = true;
    if (this.members.size === 0) this.watchdog?.stdin?.end();
  }

  private tellWatchdog(): void {
    this.watchdog ??= startWatchdog();
    this.watchdog.stdin?.write(`${[...this.members].map((pid) => `-${pid}`).join(' ')}\n`);
    if (this.closing && this.members.size === 0) this.watchdog.stdin?.end();
  }
}

/** Sends a signal to a process and what it has started, as far as they are there. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // There is none of them.
  }
}

function startWatchdog(): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Without it, processes may outlive this one; nothing else is lost.
  watchdog.on('error', () => undefined);
  watchdog.stdin.on('error', () => undefined);
  watchdog.unref();
  (watchdog.stdin as unknown as { unref(): void }).unref();
  return watchdog;
}
