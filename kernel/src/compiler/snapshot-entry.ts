/**
 * What is in a snapshot (snapshot-build.ts): the compiler, warm, with the declarations that most notebooks take parsed and
 * bound. A process that is started from it is told by its first message what it is for.
 */
import { startupSnapshot } from 'node:v8';
import { answerTo } from './answer.js';
import { createHandlers } from './handlers.js';
import { Language } from '../language/language.js';
import type { SnapshotTask } from '../language/messages.js';
import { type Port, serve } from './service.js';

/** With a bit of everything that steps are made of. */
const NOTEBOOK = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    cell('a', ['parameters'], 'const size = 3;'),
    cell(
      'b',
      ['setup'],
      "import { foreach } from 'tagflow';\nimport { join } from 'node:path';\nconst twice = (n: number) => n * 2;",
    ),
    cell('c', ['step:first'], 'const rows = [1, 2, size].map((x) => ({ x, y: `${twice(x)}` }));'),
    cell(
      'd',
      ['step:second'],
      "const total: number = rows.length + 1; console.log(join('a', String(total)));",
    ),
  ],
};

function cell(id: string, tags: string[], source: string): object {
  return { cell_type: 'code', id, metadata: { tags }, execution_count: null, outputs: [], source };
}

function warmUp(directory: string): void {
  const language = new Language(directory);
  createHandlers(directory, language).warmUp({ completing: false });
  answerTo({ notebook: JSON.stringify(NOTEBOOK), directory, name: 'warm' }, language);
  language.leave();
}

function main(): void {
  // The kernel ends it; a terminal's Ctrl-C is for the kernel.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit());
  process.once('message', (task: SnapshotTask) => {
    const post = (message: object): void => void process.send?.(message);
    if ('analysis' in task) return post(answerTo(task.analysis));
    const port: Port = { post, listen: (listener) => void process.on('message', listener) };
    serve(createHandlers(task.session.directory), port, { load: performance.now(), rest: () => undefined });
  });
}

warmUp(process.env['TAGFLOW_WARM_UP']!);
startupSnapshot.setDeserializeMainFunction(main);
