/** The command line as a process, and notebooks for it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../kernel/lib/main.js', import.meta.url));

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export type OnOut = (text: string, signal: (name?: NodeJS.Signals) => void, stop: () => void) => void;

/** Resolves when it has ended. */
export function runTagflow(
  folder: string,
  parameters: string[],
  onOut: OnOut = () => undefined,
): Promise<Ended> {
  const child = startTagflow(folder, parameters);
  const ended: Ended = { code: null, out: '', err: '' };
  child.stdout!.on('data', (data) => {
    ended.out += data;
    onOut(
      ended.out,
      (name = 'SIGINT') => child.kill(name),
      () => child.stdout!.destroy(),
    );
  });
  child.stderr!.on('data', (data) => (ended.err += data));
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...ended, code })));
}

export function startTagflow(folder: string, parameters: string[]): ChildProcess {
  const { TAGFLOW_STORE: _, ...env } = process.env;
  return spawn(process.execPath, [MAIN, ...parameters], { cwd: folder, env: { ...env, NO_COLOR: '1' } });
}

export type Cell = [tag: string | null, source: string];

export function writeNotebook(folder: string, name: string, cells: Cell[], metadata: object = {}): void {
  const document = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata,
    cells: cells.map(([tag, source], i) => ({
      id: `cell-${i}`,
      cell_type: 'code',
      metadata: tag === null ? {} : { tags: [tag] },
      source,
      outputs: [{ output_type: 'stream', name: 'stdout', text: 'old output' }],
      execution_count: 1,
    })),
  };
  writeFileSync(join(folder, name), JSON.stringify(document));
}
