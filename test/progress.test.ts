/** A run in progress on a terminal: what is told stands in the picture, or above it. */
import { jest } from '@jest/globals';
import type { Pipeline, Run } from '@tagflow/schema';
import { type Progress, progressOf } from '../kernel/lib/command/progress.js';
import { summary } from '../kernel/lib/command/run-show.js';

const RUN = { id: 'r', steps: [{ name: 'load', state: 'running', attempts: 1 }] } as unknown as Run;

/** The lines that stand on a terminal after what was written to it. */
function screenOf(written: string): string[] {
  const lines = [''];
  let row = 0;
  let column = 0;
  const pieces = /\x1b\[(?:[\d;?]*[a-z]|(\d*)([A-Z]))|\n|[^\x1b\n]+/g;
  for (const [piece, count, command] of written.matchAll(pieces)) {
    const line = (lines[row] ??= '');
    if (piece === '\n') [row, column] = [row + 1, 0];
    else if (command === 'A') row -= Number(count || 1);
    else if (command === 'G') column = 0;
    else if (command === 'K') lines[row] = count === '2' ? '' : line.slice(0, column);
    else if (!piece.startsWith('\x1b')) {
      lines[row] = line.slice(0, column).padEnd(column) + piece + line.slice(column + piece.length);
      column += piece.length;
    }
  }
  return lines.filter((line) => line !== '');
}

/** What a terminal shows. */
async function onTerminal(act: (progress: Progress, screen: () => string[]) => void): Promise<void> {
  const { stdout } = process;
  const before = { isTTY: stdout.isTTY, columns: stdout.columns, rows: stdout.rows };
  let written = '';
  const write = jest.spyOn(stdout, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
  Object.assign(stdout, { isTTY: true, columns: 80, rows: 24 });
  try {
    act(await progressOf({ json: false }), () => screenOf(written));
  } finally {
    write.mockRestore();
    Object.assign(stdout, before);
  }
}

test('an outage is part of the picture, and leaves it', async () => {
  await onTerminal((progress, screen) => {
    progress.tell({ type: 'run', run: RUN });
    progress.away('The cluster is away.');
    expect(screen()).toEqual([expect.stringContaining('load'), 'The cluster is away. It is tried again.']);
    progress.tell({ type: 'log', run: 'r', step: 'load', attempt: '0/1', stream: 'stdout', text: 'hello\n' });
    expect(screen()).toEqual([
      expect.stringContaining('hello'),
      expect.stringContaining('load'),
      'The cluster is away. It is tried again.',
    ]);
    progress.back();
    expect(screen()).toHaveLength(2);
    progress.end();
  });
});

test('an end is drawn once, without what was in the way', async () => {
  await onTerminal((progress, screen) => {
    progress.away('The cluster is away.');
    expect(screen()).toEqual(['The cluster is away. It is tried again.']);
    progress.tell({ type: 'run', run: RUN });
    progress.end();
    progress.end();
    expect(screen()).toEqual([expect.stringContaining('load')]);
  });
});

test.each([
  ['whose code ran can be looked at', 2, 'tagflow replay r fit/3 --inspect runs it again, for a debugger; '],
  ['of which nothing has begun cannot', 0, ''],
])('a failure %s', (_, attempts, hint) => {
  const failure = { name: 'PodFailed', message: 'No.', index: 3 };
  const step = { name: 'fit', state: 'failed', attempts, outputs: [], notKept: [], failure };
  const ended = { id: 'r', pipeline: 'p', state: 'failed', created: '', ended: '', steps: [step] };
  const text = summary(ended as unknown as Run, { steps: [], cells: [] } as unknown as Pipeline);
  expect(text).toContain(`shows them.\n${hint}tagflow resume r goes on from here.\n`);
});
