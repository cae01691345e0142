import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ended } from './ended.ts';
import { type Message, printed, resultOf, TestKernel } from './jupyter/client.ts';

let kernel: TestKernel;

beforeAll(async () => {
  kernel = await TestKernel.start();
}, 60_000);

afterAll(() => kernel.end());

describe('what a cell shows', () => {
  const results: [code: string, text: string][] = [
    ['1 + 1', '2'],
    ["'a' + 'b'", "'ab'"],
    ['const two: number = 2; two * 3', '6'],
    ['two + 1', '3'],
    ['await new Promise((done) => setTimeout(done, 5)); [1, 2]', '[ 1, 2 ]'],
    ["import { join } from 'node:path'; join('a', 'b')", "'a/b'"],
  ];
  test.each(results)('%s', async (code, text) => {
    const execution = await kernel.execute(code);
    expect(execution.reply['status']).toBe('ok');
    expect(resultOf(execution)?.['text/plain']).toBe(text);
  });

  test('nothing for undefined', async () => {
    const { reply, outputs } = await kernel.execute('const nothing = 1');
    expect(reply['status']).toBe('ok');
    expect(outputs.map(({ type }) => type)).toEqual(['execute_input']);
  });

  test('a table for an array of plain objects, escaped', async () => {
    const data = resultOf(await kernel.execute("[{ a: 1, b: '<b>' }, { a: 2 }]"));
    expect(data?.['text/plain']).toBe("[ { a: 1, b: '<b>' }, { a: 2 } ]");
    expect(data?.['text/html']).toContain('<td>&lt;b&gt;</td>');
    expect(data?.['text/html']).toContain('<th>b</th>');
  });

  test('what Symbol.for("Jupyter.display") gives, also as a promise', async () => {
    const shown = "({ [Symbol.for('Jupyter.display')]: async () => ({ 'text/html': '<i>x</i>' }) })";
    expect(resultOf(await kernel.execute(shown))?.['text/html']).toBe('<i>x</i>');
  });

  test('streams in order, under their names', async () => {
    const code = "console.log('one'); console.error('two'); process.stdout.write('three\\n'); void 0";
    const execution = await kernel.execute(code);
    const streams = execution.outputs.filter(({ type }) => type === 'stream').map(({ content }) => content);
    expect(streams).toEqual([
      { name: 'stdout', text: 'one\n' },
      { name: 'stderr', text: 'two\n' },
      { name: 'stdout', text: 'three\n' },
    ]);
  });

  test('what is written to the raw descriptors', async () => {
    const code =
      "import * as cp from 'node:child_process'; cp.execSync('echo child', { stdio: 'inherit' }); void 0";
    expect(printed(await kernel.execute(code))).toBe('child\n');
  });
});

describe('errors', () => {
  test('of types are like a compiler’s, and nothing runs', async () => {
    const execution = await kernel.execute("console.log('ran');\nconst text: string = 3");
    const { content } = execution.outputs.find(({ type }) => type === 'error')!;
    expect(content['evalue']).toBe("TS2322: Type 'number' is not assignable to type 'string'.");
    expect(content['traceback'].join('\n')).toMatch(
      /2:7 - error TS2322.*\n\n2 const text: string = 3\n {8}~~~~/,
    );
    expect(execution.reply['status']).toBe('error');
    expect(printed(execution)).toBe('');
  });

  const thrown: [name: string, code: string, ename: string, traceback: string][] = [
    [
      'have the cell’s positions alone',
      "function fail(): never { throw new RangeError('no') }\n\n  fail()",
      'RangeError',
      'RangeError: no\n    at fail (In [N]:1:32)\n    at In [N]:3:3',
    ],
    [
      'have the lines of what is lowered',
      'const keep = (m: any, _: unknown) => m;\nclass K {\n  @keep\n  run(): never {\n    throw new Error("no")\n  }\n}\nnew K().run()',
      'Error',
      'Error: no\n    at K.run (In [N]:5:7)\n    at In [N]:8:9',
    ],
    ['may be any value', 'throw { code: 1 }', 'Error', 'Thrown: { code: 1 }'],
    [
      'show their cause',
      "throw new Error('outer', { cause: new TypeError('inner') })",
      'Error',
      'Error: outer\n    at In [N]:1:7\n  [cause]: TypeError: inner\n      at In [N]:1:35\n}',
    ],
    [
      'of rejected promises end the cell',
      "void Promise.reject(new Error('late')); 1",
      'Error',
      'Error: late\n    at In [N]:1:21',
    ],
  ];
  test('an error of what shows a value has frames of the cell alone', async () => {
    const inspect = "[Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('unseen') }";
    const { reply } = await kernel.execute(`({ ${inspect} })`);
    expect(reply['traceback'].join('\n')).toMatch(/^Error: unseen\n +at .*\(In \[\d+\]:1:\d+\)$/);
  });

  test.each(thrown)('%s', async (_, code, ename, traceback) => {
    const { reply, outputs } = await kernel.execute(code);
    expect(reply).toMatchObject({ status: 'error', ename });
    const text = reply['traceback'].join('\n').replaceAll(`In [${reply['execution_count']}]`, 'In [N]');
    expect(text.replace(' {\n', '\n')).toBe(traceback);
    expect(outputs.filter(({ type }) => type === 'error')).toHaveLength(1);
  });

  test.each([
    ['a result', "import { display, json, Rich } from 'tagflow'; json({ n: 1n })", 'TypeError'],
    ['a display', 'display(json({ n: 1n }))', 'TypeError'],
    ['metadata', "new Rich({ 'text/plain': 'x' }, { n: 1n })", 'TypeError'],
  ])('come of %s that JSON cannot carry, and cost no variables', async (_, code, ename) => {
    await kernel.execute('const kept = 5');
    expect((await kernel.execute(code)).reply).toMatchObject({ status: 'error', ename });
    const { reply } = await kernel.execute('kept', { user_expressions: { wrong: 'json({ n: 1n })' } });
    expect(reply).toMatchObject({ status: 'ok', user_expressions: { wrong: { status: 'error', ename } } });
  });

  test.each([
    ['a proxy that throws', "throw new Proxy({}, { get() { throw new Error('no') } })", 'Thrown: {}'],
    [
      'an error without a stack',
      "throw Object.defineProperty(new Error('mine'), 'stack', { get() { throw 1 } })",
      'Error: mine',
    ],
  ])('may be %s', async (_, code, traceback) => {
    expect((await kernel.execute(code)).reply).toMatchObject({ status: 'error', traceback: [traceback] });
  });

  test.each<[name: string, code: string, ename: string | undefined]>([
    [
      'Array.prototype.filter',
      "(Array.prototype as any).filter = () => { throw new Error('spoilt') }",
      'Error',
    ],
    ['Promise.race', "Promise.race = () => { throw new Error('spoilt') }; 1", undefined],
    ['queueMicrotask', 'globalThis.queueMicrotask = () => undefined; 1', undefined],
    ['JSON', "JSON.stringify = () => 'spoilt'; 1", undefined],
    ['toJSON of all objects', "(Object.prototype as any).toJSON = () => 'spoilt'; 1", undefined],
    [
      'toJSON of arrays',
      '(Array.prototype as any).toJSON = () => { throw 0 }; throw new TypeError()',
      'TypeError',
    ],
    ['toJSON, fast', "Object.defineProperty(Object.prototype, 'toJSON', { value: () => 5 })", 'ProcessLost'],
    ['then', '(Object.prototype as any).then = () => undefined; 1', undefined],
    ['error', '(Object.prototype as any).error = 1; 1', undefined],
    [
      'a setter',
      "Object.defineProperty(Object.prototype, 'error', { set() {} }); throw new TypeError()",
      'TypeError',
    ],
    ['a descriptor', "import { writeSync } from 'node:fs'; writeSync(3, '\\0\\0\\0\\x01x')", 'ProcessLost'],
    ['half a message', "import { writeSync } from 'node:fs'; writeSync(3, '\\0\\0')", 'ProcessLost'],
    ['no message', "import { writeSync } from 'node:fs'; writeSync(3, '5\\n')", 'ProcessLost'],
    ...[3, 4, 5].map((descriptor): [string, string, string] => [
      `descriptor ${descriptor} closed`,
      `import { closeSync } from 'node:fs'; closeSync(${descriptor}); await new Promise(() => 0)`,
      'ProcessLost',
    ]),
  ])('in what the process itself needs leave no cell waiting: %s', async (_, code, ename) => {
    expect((await kernel.execute(code)).reply['ename']).toBe(ename);
    await kernel.execute('2', { user_expressions: { three: '3' } });
    await kernel.execute('process.exit()');
    expect(resultOf(await kernel.execute('1'))?.['text/plain']).toBe('1');
  });

  test('leave what was reached, and only that', async () => {
    await kernel.execute("const reached = 5; throw new Error('stop'); const unreached = 6");
    expect(resultOf(await kernel.execute('reached'))?.['text/plain']).toBe('5');
    expect((await kernel.execute('unreached')).reply['evalue']).toMatch(/Cannot find name 'unreached'/);
  });

  test('stop what waits, unless told otherwise', async () => {
    const failing = "await new Promise((done) => setTimeout(done, 50)); throw new Error('stop')";
    const statuses = async (options: object) => {
      const ids = [failing, '2', '3'].map((code) => kernel.startCell(code, options));
      return Promise.all(ids.map(async (id) => (await kernel.executed(id)).reply['status']));
    };
    expect(await statuses({})).toEqual(['error', 'aborted', 'aborted']);
    expect(await statuses({ stop_on_error: false })).toEqual(['error', 'ok', 'ok']);
  });
});

describe('execute requests', () => {
  test('count, unless they are silent or not stored', async () => {
    const count = async (options: object) =>
      (await kernel.execute('1', options)).reply['execution_count'] as number;
    const first = await count({});
    expect(await count({ silent: true })).toBe(first);
    expect(await count({ store_history: false })).toBe(first);
    expect(await count({})).toBe(first + 1);
  });

  test('publish nothing when silent', async () => {
    const { outputs, reply } = await kernel.execute("console.log('x'); 1", { silent: true });
    expect([reply['status'], outputs]).toEqual(['ok', []]);
  });

  test('evaluate expressions with the cells’ names', async () => {
    const expressions = { sum: 'base + 1', wrong: 'missing' };
    const { reply } = await kernel.execute('const base = 41', { user_expressions: expressions });
    expect(reply['user_expressions']).toMatchObject({
      sum: { status: 'ok', data: { 'text/plain': '42' } },
      wrong: { status: 'error', evalue: "TS2304: Cannot find name 'missing'." },
    });
  });

  test('re-run a document’s cell as the same module', async () => {
    const run = (code: string) => kernel.execute(code, {}, {}, { cellId: 'the-cell' });
    await run('const version = 1; const gone = true');
    await run('const version = 2');
    expect(resultOf(await kernel.execute('version'))?.['text/plain']).toBe('2');
    expect((await kernel.execute('gone')).reply['status']).toBe('error');
    await run('const version = 3; const gone = true');
    await kernel.execute('const reader = () => gone');
    await run("const version = 4; throw new Error('no')");
    expect((await kernel.execute('reader()')).reply['evalue']).toMatch(
      /^gone is not defined: its cell was run/,
    );
  });
});

describe('input', () => {
  test('is asked of the frontend', async () => {
    const cell = kernel.startCell(
      "const name = await prompt('name?'); const sure = await confirm('sure?'); [name, sure]",
    );
    for (const [prompt, value] of [
      ['name?', 'Ann'],
      ['sure? [y/N] ', 'yes'],
    ]) {
      const request = await kernel.inbox.stdin.take(() => true);
      expect(request.content).toEqual({ prompt, password: false });
      kernel.send('input_reply', { value }, 'stdin');
    }
    expect(resultOf(await kernel.executed(cell))?.['text/plain']).toBe("[ 'Ann', true ]");
  });

  const asking = "await prompt('again?')";
  test.each([
    ['interrupted', () => kernel.interrupt()],
    [
      'told who is meant, late',
      async (question: Message) => {
        await kernel.interrupt();
        kernel.send('input_reply', { value: 'late' }, 'stdin', {}, {}, question.header);
      },
    ],
  ])('of a cell that was %s does not take the next answer', async (_, stop) => {
    const stopped = kernel.startCell(asking);
    await stop(await kernel.inbox.stdin.take(() => true));
    expect((await kernel.executed(stopped)).reply['ename']).toBe('KeyboardInterrupt');
    const cell = kernel.startCell(asking);
    await kernel.inbox.stdin.take(() => true);
    kernel.send('input_reply', { value: 'right' }, 'stdin');
    expect(resultOf(await kernel.executed(cell))?.['text/plain']).toBe("'right'");
  });

  test('is answered by who it was asked of, in any order', async () => {
    const cell = kernel.startCell("await Promise.all([prompt('one'), prompt('two')])");
    const questions = [];
    for (const _ of [1, 2]) questions.unshift(await kernel.inbox.stdin.take(() => true));
    for (const { content, header } of questions)
      kernel.send('input_reply', { value: content['prompt'] }, 'stdin', {}, {}, header);
    expect(resultOf(await kernel.executed(cell))?.['text/plain']).toBe("[ 'one', 'two' ]");
  });

  test('that no one awaits is refused when its cell ends', async () => {
    await kernel.execute("const answered = prompt('late?'); answered.catch(() => 0); void 0");
    await kernel.inbox.stdin.take(() => true);
    const { reply } = await kernel.execute('await answered');
    expect(reply['evalue']).toBe('The cell that asked has ended: await the answer in it.');
  });

  test('is refused where no one can be asked', async () => {
    const { reply } = await kernel.execute("await prompt('name?')", { allow_stdin: false });
    expect(reply['evalue']).toBe('This frontend cannot be asked for input: give the value in the code.');
  });
});

describe('questions', () => {
  test('completion counts in code points', async () => {
    await kernel.execute("const rows = [{ price: 1, name: 'a' }]");
    const code = "'😀'; rows[0]!.pri";
    const reply = await kernel.ask('complete_request', { code, cursor_pos: [...code].length });
    expect(reply).toMatchObject({ matches: ['price'], cursor_start: 14, cursor_end: 17 });
  });

  test('inspection gives types', async () => {
    const reply = await kernel.ask('inspect_request', { code: 'rows', cursor_pos: 4, detail_level: 0 });
    expect(reply['found']).toBe(true);
    expect(reply['data']['text/plain']).toContain('price: number');
  });

  test.each([
    ['1 + 1', 'complete'],
    ['if (true) {', 'incomplete'],
    ['const = 1', 'invalid'],
  ])('%s is %s', async (code, status) => {
    expect((await kernel.ask('is_complete_request', { code }))['status']).toBe(status);
  });

  test('history is searched', async () => {
    for (const code of ['"seek 1"', '"seek 2"', '"seek 1"']) await kernel.execute(code);
    const search = { hist_access_type: 'search', pattern: '"seek *"', output: true, raw: true };
    const all = await kernel.ask('history_request', search);
    expect(all['history'].map((entry: unknown[]) => entry[2])).toEqual([
      ['"seek 1"', "'seek 1'"],
      ['"seek 2"', "'seek 2'"],
      ['"seek 1"', "'seek 1'"],
    ]);
    const unique = await kernel.ask('history_request', { ...search, unique: true });
    expect(unique['history']).toHaveLength(2);
  });

  test('are answered while a cell runs', async () => {
    const cell = kernel.startCell('for (;;);');
    await kernel.inbox.iopub.take(
      ({ header, parent }) => parent.msg_id === cell && header.msg_type === 'execute_input',
    );
    const code = 'rows[0]!.';
    const completion = await kernel.ask('complete_request', { code, cursor_pos: code.length });
    expect(completion['matches']).toEqual(expect.arrayContaining(['name', 'price']));
    expect((await kernel.ask('comm_info_request'))['status']).toBe('ok');
    expect((await kernel.ask('is_complete_request', { code: '1' }))['status']).toBe('complete');
    await kernel.interrupt();
    expect((await kernel.executed(cell)).reply['ename']).toBe('KeyboardInterrupt');
  });
});

describe('an interrupt', () => {
  /** Starts a cell and waits until it prints. */
  const started = async (code: string): Promise<string> => {
    const cell = kernel.startCell(`console.log('runs'); ${code}`);
    await kernel.inbox.iopub.take(
      ({ header, parent }) => parent.msg_id === cell && header.msg_type === 'stream',
    );
    return cell;
  };

  test('leaves the functions that the cell has declared', async () => {
    const cell = await started(
      'const later = async (ms: number) => { await sleep(ms); return ms };' +
        'const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms)); await later(1e6)',
    );
    await kernel.interrupt();
    expect((await kernel.executed(cell)).reply['ename']).toBe('KeyboardInterrupt');
    expect(resultOf(await kernel.execute('await later(1)'))?.['text/plain']).toBe('1');
  });

  test.each([
    ['a callback', 'setTimeout(() => { said(); for (;;); }, 20)'],
    ['callbacks', 'setInterval(() => { said(); for (;;); }, 20)'],
    ['promises', 'setTimeout(async () => { said(); for (;;) await null; }, 20)'],
  ])('while no cell runs stops what keeps the process busy: %s', async (_, code) => {
    await kernel.execute('let beats = 0; setInterval(() => { beats++; }, 1); void 0');
    const cell = kernel.startCell(`const said = () => console.log('busy'); ${code}; void 0`);
    const told = (name: string) =>
      kernel.inbox.iopub.take(({ parent, content }) => parent.msg_id === cell && content['name'] === name);
    await told('stdout');
    await kernel.interrupt();
    expect((await told('stderr')).content['text']).toBe(
      'What this cell had left running kept the process busy, and was interrupted.\n',
    );
    // What lets others have their turn goes on.
    const waiting =
      'const then = beats; while (beats === then) await new Promise((done) => setTimeout(done, 1))';
    expect((await kernel.execute(waiting)).reply['status']).toBe('ok');
  });

  test('ends an expression that hangs', async () => {
    const cell = kernel.startCell('const last = 9; void 0', {
      user_expressions: { hangs: 'await new Promise(() => 0)' },
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await kernel.interrupt();
    const { reply } = await kernel.executed(cell);
    expect(reply['user_expressions']).toMatchObject({
      hangs: { status: 'error', ename: 'KeyboardInterrupt' },
    });
    expect(resultOf(await kernel.execute('last'))?.['text/plain']).toBe('9');
  });

  test('breaks off nothing of what the kernel itself does for the cell', async () => {
    await kernel.execute('const kept = 7');
    const stack = "'Error: mine\\n' + '    at node:internal/x\\n'.repeat(1e6)"; // whose description takes a second
    const cell = await started(`throw Object.assign(new Error('mine'), { stack: ${stack} })`);
    await new Promise((resolve) => setTimeout(resolve, 250));
    await kernel.interrupt();
    expect((await kernel.executed(cell)).reply['evalue']).toBe('mine');
    expect(resultOf(await kernel.execute('kept'))?.['text/plain']).toBe('7');
  });

  test.each(['for (;;);', 'for (;;) await null', 'await new Promise(() => 0)'])(
    'that comes twice stops nothing that comes later: %s',
    async (code) => {
      for (let round = 0; round < 5; round++) {
        const cell = await started(code);
        await Promise.all([kernel.interrupt(), kernel.interrupt()]);
        expect((await kernel.executed(cell)).reply['ename']).toBe('KeyboardInterrupt');
        const sum = 'let sum = 0; for (let i = 0; i < 1e7; i++) sum += i; sum';
        expect(resultOf(await kernel.execute(sum))?.['text/plain']).toBe('49999995000000');
      }
    },
  );
});

describe('comms', () => {
  test('reach user code and come back', async () => {
    await kernel.execute(
      "import { comms } from 'tagflow'; comms.register('echo', (comm, data) => {" +
        ' comm.onMessage = (given) => comm.send({ echo: given }); comm.send({ opened: data }) })',
    );
    kernel.send('comm_open', { comm_id: 'c1', target_name: 'echo', data: { a: 1 } });
    kernel.send('comm_msg', { comm_id: 'c1', data: { b: 2 } });
    const next = async () =>
      (await kernel.inbox.iopub.take(({ header }) => header.msg_type === 'comm_msg')).content['data'];
    expect(await next()).toEqual({ opened: { a: 1 } });
    expect(await next()).toEqual({ echo: { b: 2 } });
    expect((await kernel.ask('comm_info_request'))['comms']).toEqual({ c1: { target_name: 'echo' } });
  });

  test('to targets that no one registered are closed', async () => {
    kernel.send('comm_open', { comm_id: 'c2', target_name: 'nobody', data: {} });
    const { content } = await kernel.inbox.iopub.take(({ header }) => header.msg_type === 'comm_close');
    expect(content['comm_id']).toBe('c2');
  });
});

describe('subshells', () => {
  test('run beside the main shell', async () => {
    const { subshell_id } = await kernel.ask('create_subshell_request', {}, 'control');
    const waiting = kernel.startCell('await new Promise((done) => { (globalThis as any).release = done; })');
    const beside = await kernel.execute('(globalThis as any).release(); 7', {}, { subshell_id });
    expect(resultOf(beside)?.['text/plain']).toBe('7');
    expect((await kernel.executed(waiting)).reply['status']).toBe('ok');
    expect(await kernel.ask('list_subshell_request', {}, 'control')).toEqual({
      status: 'ok',
      subshell_id: [subshell_id],
    });
    expect(await kernel.ask('delete_subshell_request', { subshell_id }, 'control')).toEqual({ status: 'ok' });
  });

  test('can be interrupted also when the main shell has looked at expressions meanwhile', async () => {
    const { subshell_id } = await kernel.ask('create_subshell_request', {}, 'control');
    const first = kernel.startCell(
      'const kept = 8; await new Promise((done) => { (globalThis as any).release = done; })',
      {
        user_expressions: { sum: '1 + 1' },
      },
    );
    const hanging = kernel.startCell(
      '(globalThis as any).release(); await new Promise(() => 0)',
      {},
      { subshell_id },
    );
    expect((await kernel.executed(first)).reply['user_expressions']).toMatchObject({ sum: { status: 'ok' } });
    await kernel.interrupt();
    expect((await kernel.executed(hanging)).reply['ename']).toBe('KeyboardInterrupt');
    expect(resultOf(await kernel.execute('kept'))?.['text/plain']).toBe('8');
    await kernel.ask('delete_subshell_request', { subshell_id }, 'control');
  });
});

describe('messages', () => {
  test('with a wrong signature, or that are none, are dropped', async () => {
    const header = {
      msg_id: 'x',
      msg_type: 'execute_request',
      session: 's',
      username: 'u',
      date: '',
      version: '5.5',
    };
    const parts = [header, {}, {}, { code: "console.log('forged')" }].map((part) => JSON.stringify(part));
    await kernel.sendFrames('shell', ['<IDS|MSG>', '0'.repeat(64), ...parts]);
    await kernel.sendFrames('shell', ['<IDS|MSG>']);
    await kernel.sendFrames('shell', ['nonsense']);
    for (const channel of ['shell', 'control', 'stdin'] as const) {
      for (const content of [null, 5, []]) kernel.send('execute_request', content as object, channel);
      kernel.send('execute_request', { code: '' }, channel, {}, null as unknown as object);
    }
    expect((await kernel.ask('kernel_info_request'))['status']).toBe('ok');
    expect(kernel.inbox.iopub.all().filter(({ parent }) => parent.msg_id === 'x')).toEqual([]);
  });

  test('a search of the history takes no pattern for too long', async () => {
    await kernel.execute(`'${'a'.repeat(60)}'`);
    const search = async (pattern: string) =>
      (await kernel.ask('history_request', { hist_access_type: 'search', pattern }))['history'].length;
    expect(await search(`${'*a'.repeat(40)}*b`)).toBe(0);
    expect(await search(`${'*a'.repeat(40)}*'`)).toBe(1);
    expect(await search("'a?a**")).toBe(1);
  });

  test('of unknown types, also those that every object knows, get states and no reply', async () => {
    for (const type of ['toString', 'constructor', '__proto__', 'nothing_request']) {
      const id = kernel.send(type, {});
      await kernel.inbox.iopub.take(
        ({ parent, content }) => parent.msg_id === id && content['execution_state'] === 'idle',
      );
      expect(kernel.inbox.shell.all().filter(({ parent }) => parent.msg_id === id)).toEqual([]);
    }
  });
});

describe('what a cell has started', () => {
  const sleeper =
    "import { spawn } from 'node:child_process'; spawn('sleep', ['600'], { stdio: 'ignore' }).pid";
  const startIn = async (other: TestKernel) => Number(resultOf(await other.execute(sleeper))?.['text/plain']);

  test('ends with its process', async () => {
    const pid = await startIn(kernel);
    expect((await kernel.execute('process.exit()')).reply['ename']).toBe('ProcessLost');
    await ended(pid);
  });

  test('ends with a kernel that is killed, also when its process is stopped', async () => {
    const other = await TestKernel.start();
    const pids = [await startIn(other), Number(resultOf(await other.execute('process.pid'))?.['text/plain'])];
    process.kill(pids[1]!, 'SIGSTOP');
    other.process.kill('SIGKILL');
    for (const pid of pids) await ended(pid);
    await other.end();
  });

  test.each(['SIGKILL', 'SIGHUP'] as const)('ends with a kernel that gets %s', async (signal) => {
    const other = await TestKernel.start();
    const pid = await startIn(other);
    other.process.kill(signal);
    await ended(pid);
    await other.end();
  });
});
