/** The compiler behind the kernel: when its thread dies, another takes its place and knows the same. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Compiler } from '../kernel/lib/jupyter/compiler.js';
import { FOLDER } from './language/notebook.ts';

jest.setTimeout(60_000); // each loads the compiler twice

let compiler: Compiler;

beforeEach(() => {
  compiler = new Compiler(FOLDER);
});
afterEach(() => compiler.start().end());

async function run(id: string, source: string, unreached: string[] = []): Promise<void> {
  expect((await compiler.compile(id, source)).report).toBe('');
  compiler.commit(id, unreached);
}

async function messages(id: string, source: string): Promise<string[]> {
  return (await compiler.compile(id, source)).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

test('a thread that has ended is replaced by one that knows the cells, their order and the document', async () => {
  const notebook = {
    cells: [
      { cell_type: 'code', id: 'a', source: 'const x = 1; const lost = 2' },
      { cell_type: 'code', id: 'b', source: 'x' },
      { cell_type: 'code', id: 'c', source: 'const x = "later"' },
    ],
  };
  await compiler.analyse({ notebook });
  await run('c', 'const x = "later"');
  await run('a', 'const x = 1; const lost = 2', ['lost']);
  await compiler.start().end();
  expect(await messages('b', 'const y: number = x')).toEqual([]);
  expect(await messages('b', 'lost')).toEqual(["TS2304 Cannot find name 'lost'."]);
});

test('a question to a thread that dies says what to do', async () => {
  const thread = compiler.start();
  await thread.ready;
  // So long that it is not answered before the thread ends.
  const asked = compiler.ask('isComplete', { code: 'x = 1;\n'.repeat(100_000) });
  const failure = expect(asked).rejects.toThrow(
    'The compiler has ended, and is started again: repeat what you did.',
  );
  await thread.end();
  await failure;
  expect((await compiler.ask('isComplete', { code: '1' })).status).toBe('complete');
});

test('after the variables are gone, a new thread knows none either', async () => {
  await run('a', 'const x = 1');
  compiler.reset();
  await compiler.start().end();
  expect(await messages('b', 'x')).toEqual(["TS2304 Cannot find name 'x'."]);
});
