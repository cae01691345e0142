/** A pipeline in a folder of its own that is run, killed at some moment, and gone on with until it has its values. */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Run } from '@tagflow/schema';
import { FolderStore } from '../../kernel/lib/store/file.js';
import { listRuns, readAttempts } from '../../kernel/lib/store/records.js';
import { ended } from '../ended.ts';

const PIPELINE = fileURLToPath(new URL('./pipeline.mjs', import.meta.url));
const MAIN = fileURLToPath(new URL('../../kernel/lib/main.js', import.meta.url));
/** Names the file in which every program and item writes that it began, and its process. */
export const WITNESS = 'KILL_WITNESS';

/** Begun programs and items, in order. */
type Begun = { pid: number; name: string }[];

export class Victim {
  readonly folder = mkdtempSync(join(tmpdir(), 'tagflow-kill-'));
  readonly store = new FolderStore(join(this.folder, '.tagflow'));
  private readonly witness = join(this.folder, 'witness');

  /** @param from a folder with notebook.ipynb and pipeline.json */
  constructor(
    from: string,
    /** Through the command line, or the same from an analysis made before. */
    private readonly isCommand = false,
  ) {
    for (const name of ['notebook.ipynb', 'pipeline.json', 'package.json'])
      copyFileSync(join(from, name), join(this.folder, name));
    writeFileSync(this.witness, '');
  }

  /** Runs, or goes on with a run. */
  start(earlier?: string): ChildProcess {
    const command = earlier === undefined ? [MAIN, 'run', 'notebook.ipynb'] : [MAIN, 'resume', earlier];
    const script = [PIPELINE, this.folder, ...(earlier === undefined ? [] : [earlier])];
    return spawn(process.execPath, this.isCommand ? command : script, {
      cwd: this.folder,
      env: { ...process.env, TAGFLOW_STORE: this.store.location, [WITNESS]: this.witness },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  begun(): Begun {
    const lines = readFileSync(this.witness, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => ({ pid: parseInt(line), name: line.slice(line.indexOf(' ') + 1) }));
  }

  /** Names of programs and items of which a success was recorded, in any run. */
  async finished(): Promise<string[]> {
    const names = new Set<string>();
    for (const { id } of await listRuns(this.store)) {
      for (const { start, end } of await readAttempts(this.store, id)) {
        if (end?.state !== 'succeeded') continue;
        names.add(`${start.step}/${start.segment}${start.index === undefined ? '' : `.${start.index}`}`);
      }
    }
    return [...names];
  }

  /** The newest run, if one was recorded. */
  async latest(): Promise<Run | undefined> {
    return (await listRuns(this.store, { limit: 1 }))[0];
  }

  /** A process that is at work on a program or item whose name fits, once there is one; undefined if there was none. */
  async atWork(fits: RegExp, runner: ChildProcess): Promise<number | undefined> {
    while (runner.exitCode === null) {
      const last = this.begun().findLast(({ name }) => fits.test(name));
      if (last && isAlive(last.pid)) return last.pid;
      await sleep(3);
    }
    return undefined;
  }

  /** Waits until no process of a step is left. */
  async settled(): Promise<void> {
    await Promise.all(this.begun().map(({ pid }) => ended(pid)));
  }

  remove(): void {
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The exit code, with what was written to stderr. */
export function closed(child: ChildProcess): Promise<{ code: number | null; err: string }> {
  let err = '';
  child.stderr?.on('data', (text) => (err += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, err })));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
