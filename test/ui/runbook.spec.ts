import { RunBook } from '../../labextension/lib/run/runbook.js';
import { goOnObstacle, INITIAL, type PipelineState } from '../../labextension/lib/state.js';
import { recordingClient } from './recording';
import { flowers, pipeline, run, step } from './samples';

type Sent = { id: string; type: string };
const shown = (state: Parameters<typeof run>[0], more = {}) => ({
  run: run(state, [], more),
  document: null,
  logs: {},
});

function setUp(patch: Partial<PipelineState> = {}) {
  const { client, channel, sent } = recordingClient<Sent>();
  let state: PipelineState = { ...INITIAL, link: 'ready', pipeline: flowers, ...patch };
  const book = new RunBook({
    client: () => client,
    document: () => ({ cells: [] }),
    path: () => 'x.ipynb',
    state: () => state,
    update: (more) => void (state = { ...state, ...more }),
  });
  const answer = async (reply: object, to = 0): Promise<void> => {
    channel.onMessage({ id: sent[to]!.id, ...reply });
    await new Promise((resume) => setTimeout(resume));
  };
  return {
    book,
    sent,
    answer,
    state: () => state,
    set: (more: Partial<PipelineState>) => void (state = { ...state, ...more }),
  };
}

describe('the run book', () => {
  it('runs with earlier results, or without', () => {
    const { book, sent, set } = setUp();
    void book.start();
    set({ running: false });
    void book.start(false);
    expect(sent).toMatchObject([
      { type: 'run', parameters: {} },
      { type: 'run', cache: false },
    ]);
    expect(sent[0]).not.toHaveProperty('cache');
  });

  it('resumes with the notebook as it is now, and shows that beside it', async () => {
    const { book, sent, answer, state } = setUp({ past: shown('failed'), stale: new Map([['load', []]]) });
    void book.goOn('resume');
    expect(state().stale).toBeNull();
    expect(sent).toMatchObject([{ type: 'resume', run: 'r1', path: 'x.ipynb', notebook: { cells: [] } }]);
    await answer({ type: 'run', run: run('running', [], { id: 'r2' }), done: false });
    expect([state().past, state().latest!.run.id, state().running]).toEqual([null, 'r2', true]);
    await answer({ type: 'run', run: run('succeeded', [], { id: 'r2' }), done: true });
    expect([state().latest!.run.state, state().running]).toEqual(['succeeded', false]);
  });

  it('retries with the pipeline as it was, in place of the notebook, and stops it', async () => {
    const old = pipeline([step('old')]);
    const { book, sent, answer, state } = setUp({ latest: shown('stopped') });
    void book.goOn('retry');
    expect(sent).toMatchObject([{ type: 'retry', run: 'r1' }]);
    await answer({ type: 'run', run: run('running', [], { id: 'r2' }), document: old, done: false });
    await answer({ type: 'run', run: run('running', [], { id: 'r2' }), done: false });
    expect(state().past).toMatchObject({ run: { id: 'r2' }, document: { steps: [{ name: 'old' }] } });
    expect(state().latest!.run.id).toBe('r1');
    void book.stop();
    expect(sent[1]).toMatchObject({ type: 'stop', run: 'r2' });
    book.close();
    await answer({ type: 'run', run: run('stopped', [], { id: 'r2' }), done: true });
    expect([state().past, state().running]).toEqual([null, false]);
  });

  it('lets go of a run that has begun on the cluster, and goes on telling of it', async () => {
    const cluster = { deployment: {}, contexts: [], place: { server: 's', user: 'u', namespace: 'n' } };
    const { book, sent, answer, state } = setUp({ cluster });
    const on = { cluster: { namespace: 'n', workflow: 'w', placement: '0'.repeat(64) } };
    void book.start(true, 'submit');
    expect(sent).toMatchObject([{ type: 'submit', path: 'x.ipynb' }]);
    await answer({ type: 'progress', text: 'Building', done: false });
    expect([state().running, state().doing]).toEqual([true, 'Building']);
    await answer({ type: 'run', run: run('running', [], { ...on, id: 'r2' }), done: false });
    expect([state().running, state().doing, state().latest!.run.id]).toEqual([false, null, 'r2']);
    await answer({ type: 'waiting', run: 'r2', step: 'load', text: 'waits: …', done: false });
    expect(state().latest!.waiting).toEqual({ load: 'waits: …' });
    void book.stop();
    expect(sent.at(-1)).toMatchObject({ type: 'stop', run: 'r2' });
    await answer({ type: 'run', run: run('stopped', [], { ...on, id: 'r2' }), done: true });
    expect(state().latest!.run.state).toBe('stopped');
  });

  it('leaves a run on the cluster alone while another is shown', async () => {
    const cluster = { deployment: {}, contexts: [], place: { server: 's', user: 'u', namespace: 'n' } };
    const { book, sent, answer, state } = setUp({ cluster });
    const on = { cluster: { namespace: 'n', workflow: 'w', placement: '0'.repeat(64) } };
    void book.start(true, 'submit');
    await answer({ type: 'run', run: run('running', [], { ...on, id: 'r2' }), done: false });
    void book.start();
    const here = sent.findIndex(({ type }) => type === 'run');
    await answer({ type: 'run', run: run('running', [], { id: 'r3' }), done: false }, here);
    await answer({ type: 'run', run: run('failed', [], { ...on, id: 'r2' }), done: true });
    expect([state().latest!.run.id, state().running]).toEqual(['r3', true]);
    await answer({ type: 'run', run: run('succeeded', [], { id: 'r3' }), done: true }, here);
    expect([state().latest!.run.state, state().running]).toEqual(['succeeded', false]);
  });

  it('follows what went on while the kernel was away', async () => {
    const on = { cluster: { namespace: 'n', workflow: 'w', placement: '0'.repeat(64) } };
    const { book, sent, answer, state } = setUp({ latest: shown('running', on) });
    void book.followAgain();
    void book.followAgain();
    expect(sent).toMatchObject([{ type: 'watch', run: 'r1' }]);
    await answer({ type: 'run', run: run('succeeded', [], on), done: true });
    expect(state().latest!.run.state).toBe('succeeded');
  });

  it('tells that the cluster is away, until it is back or is given up', async () => {
    const on = { cluster: { namespace: 'n', workflow: 'w', placement: '0'.repeat(64) } };
    const { book, answer, state } = setUp({ latest: shown('running', on) });
    void book.followAgain();
    const away = { text: 'The cluster cannot be reached.', until: '2026-01-02T03:06:05.000Z' };
    await answer({ type: 'away', run: 'r1', ...away, done: false });
    expect(state().latest!.away).toEqual(away);
    await answer({ type: 'away', run: 'r1', done: false });
    expect(state().latest!.away).toBeUndefined();
    await answer({ type: 'away', run: 'r1', ...away, done: false });
    await answer({ type: 'error', message: 'The cluster cannot be reached.' });
    expect(state()).toMatchObject({ refusal: 'The cluster cannot be reached.', latest: { away: undefined } });
  });

  it('keeps what a followed run has told, wherever it is shown, and asks for it once', async () => {
    const on = { cluster: { namespace: 'n', workflow: 'w', placement: '0'.repeat(64) } };
    const { book, sent, answer, state } = setUp({ latest: shown('running', on) });
    void book.followAgain();
    await answer({
      type: 'log',
      run: 'r1',
      step: 'load',
      attempt: '0/1',
      stream: 'stdout',
      text: 'a',
      done: false,
    });
    await answer({
      type: 'log',
      run: 'r1',
      step: 'load',
      attempt: '0/2',
      stream: 'stdout',
      text: 'b',
      done: false,
    });
    void book.open('r1');
    await answer({ type: 'run', run: run('running', [], on), done: true }, 1);
    await new Promise((resume) => setTimeout(resume, 100));
    const parts = [
      { attempt: '0/1', text: 'a' },
      { attempt: '0/2', text: 'b' },
    ];
    expect([state().latest!.logs, state().past!.logs]).toMatchObject([
      { load: { parts } },
      { load: { parts } },
    ]);
    await answer({ type: 'run', run: run('failed', [], on), done: true });
    expect([state().latest!.run.state, state().past!.run.state]).toEqual(['failed', 'failed']);
    expect(sent.map(({ type }) => type)).toEqual(['watch', 'show', 'runs']);
    void book.followAgain();
    expect(sent).toHaveLength(3);
  });

  it('stops a run that has no id yet as soon as it has one', async () => {
    const { book, sent, answer } = setUp();
    void book.start();
    void book.stop();
    expect(sent).toHaveLength(1);
    await answer({ type: 'run', run: run('running', []), done: false });
    expect(sent[1]).toMatchObject({ type: 'stop', run: 'r1' });
  });

  it('keeps the run that was shown when going on with it is refused', async () => {
    const { book, answer, state } = setUp({ past: shown('failed') });
    void book.goOn('retry');
    await answer({ type: 'error', message: 'Run r1 did not record its notebook.' });
    expect(state()).toMatchObject({ refusal: 'Run r1 did not record its notebook.', running: false });
    expect(state().past!.run).toMatchObject({ id: 'r1', state: 'failed' });
  });
});

describe('going on', () => {
  const ready = { ...INITIAL, link: 'ready' as const, pipeline: flowers };
  const error = { code: 'TF001', severity: 'error' as const, message: 'No.' };
  it.each<[string, Partial<PipelineState>, RegExp | null, RegExp | null]>([
    ['without a run', {}, /There is no run/, /There is no run/],
    ['after success', { latest: shown('succeeded') }, /succeeded/, /succeeded/],
    ['while it runs elsewhere', { past: shown('running') }, /elsewhere/, /elsewhere/],
    ['while another runs', { past: shown('failed'), running: true }, /going on/, /going on/],
    ['without a kernel', { past: shown('lost'), link: 'lost' }, /not connected/, /not connected/],
    ['after a failure', { latest: shown('failed') }, null, null],
    ['after a loss', { past: shown('lost') }, null, null],
    [
      'with errors in the notebook',
      { latest: shown('stopped'), pipeline: { ...flowers, diagnostics: [error] } },
      /One problem/,
      null,
    ],
    [
      'with a run of another notebook',
      { past: shown('failed', { pipeline: 'other' }) },
      /one of other/,
      null,
    ],
  ])('%s: %j', (_, patch, resume, retry) => {
    for (const [kind, expected] of [
      ['resume', resume],
      ['retry', retry],
    ] as const) {
      const obstacle = goOnObstacle({ ...ready, ...patch }, kind);
      if (expected === null) expect(obstacle).toBeNull();
      else expect(obstacle).toMatch(expected);
    }
  });
});
