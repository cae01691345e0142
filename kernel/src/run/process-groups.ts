/** Processes with all that they start: each is a group of its own, and none outlives this process. */
import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Reads lines, each the groups that there are now. When nobody is there to write more, it ends those of the last line:
 * a process that is busy would not notice that its parent was killed.
 */
const GUARD = 'while read -r line; do groups=$line; done; [ -z "$groups" ] || kill -s KILL -- $groups';

export class ProcessGroups {
  private readonly members = new Set<number>();
  private guard: ChildProcess | undefined;
  private closing = false;

  /** @param child a process that was started `detached`, which makes it the first of its group */
  add(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.members.add(pid);
    this.tellGuard();
    child.once('exit', () => {
      // What it has started ends with it.
      signalGroup(child, 'SIGKILL');
      this.members.delete(pid);
      this.tellGuard();
    });
  }

  /** Nothing more is added: the guard ends with the last process, not with this one, which may live for days. */
  close(): void {
    this.closing = true;
    if (this.members.size === 0) this.guard?.stdin?.end();
  }

  private tellGuard(): void {
    this.guard ??= startGuard();
    this.guard.stdin?.write(`${[...this.members].map((pid) => `-${pid}`).join(' ')}\n`);
    if (this.closing && this.members.size === 0) this.guard.stdin?.end();
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

function startGuard(): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', GUARD], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  // Without it, processes may outlive this one; nothing else is lost.
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  return guard;
}
