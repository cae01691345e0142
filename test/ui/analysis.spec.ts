import { Analysis } from '../../labextension/lib/analysis.js';
import type { PipelineState } from '../../labextension/lib/state.js';
import { recordingClient } from './recording';
import { flowers } from './samples';

type Sent = { id: string; notebook: unknown };

function setUp() {
  const { client, channel, sent } = recordingClient<Sent>();
  const state: Partial<PipelineState> = {};
  let source = 'a';
  const analysis = new Analysis({
    client: () => (client.isClosed ? null : client),
    document: () => ({ source }),
    path: () => 'x.ipynb',
    update: (patch) => void Object.assign(state, patch),
  });
  return {
    analysis,
    client,
    sent,
    state,
    write: (text: string) => {
      source = text;
      analysis.touch();
    },
    answer: async (index: number, name = 'sample') => {
      channel.onMessage({ type: 'pipeline', id: sent[index]!.id, pipeline: { ...flowers, name } });
      await jest.advanceTimersByTimeAsync(0);
    },
    refuse: async (index: number, message: string) => {
      channel.onMessage({ type: 'error', id: sent[index]!.id, message });
      await jest.advanceTimersByTimeAsync(0);
    },
  };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('the analysis', () => {
  it('waits until nothing changes, and asks once for many changes', async () => {
    const { write, sent } = setUp();
    for (const text of ['b', 'bc', 'bcd']) {
      write(text);
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(sent).toEqual([]);
    await jest.advanceTimersByTimeAsync(500);
    expect(sent.map(({ notebook }) => notebook)).toEqual([{ source: 'bcd' }]);
  });

  it('waits a little longer than it took from change to change', async () => {
    const { write, sent, answer } = setUp();
    const type = async (text: string, pause: number) => {
      for (let end = 1; end <= text.length; end++) {
        write(text.slice(0, end));
        await jest.advanceTimersByTimeAsync(pause);
      }
    };
    await type('quickly', 30);
    await jest.advanceTimersByTimeAsync(60);
    expect(sent).toHaveLength(1);
    await answer(0);
    await jest.advanceTimersByTimeAsync(1000);
    await type('slow', 170);
    expect(sent).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(100);
    expect(sent).toHaveLength(2);
  });

  it('asks again about a notebook that was another for a moment, when the answer came', async () => {
    const { write, sent, state, answer } = setUp();
    write('b');
    await jest.advanceTimersByTimeAsync(500);
    write('bc');
    await answer(0);
    write('b');
    await jest.advanceTimersByTimeAsync(500);
    expect(sent).toHaveLength(2);
    await answer(1, 'b');
    expect(state.pipeline?.name).toBe('b');
  });

  it('asks nothing when only outputs have changed', async () => {
    const { write, sent, answer } = setUp();
    write('b');
    await jest.advanceTimersByTimeAsync(500);
    await answer(0);
    write('b');
    await jest.advanceTimersByTimeAsync(500);
    expect(sent).toHaveLength(1);
  });

  it('has one question open at a time and asks again for what came meanwhile', async () => {
    const { write, sent, state, answer } = setUp();
    write('b');
    await jest.advanceTimersByTimeAsync(500);
    write('c');
    await jest.advanceTimersByTimeAsync(500);
    write('d');
    await jest.advanceTimersByTimeAsync(500);
    expect(sent).toHaveLength(1);
    await answer(0, 'old');
    expect(sent.map(({ notebook }) => notebook)).toEqual([{ source: 'b' }, { source: 'd' }]);
    // What came meanwhile is not what was asked about.
    expect(state.pipeline).toBeUndefined();
    await answer(1, 'new');
    expect(state.pipeline?.name).toBe('new');
    expect(state.analysing).toBe(false);
  });

  it('keeps the last pipeline when the next is refused', async () => {
    const { write, state, answer, refuse } = setUp();
    write('b');
    await jest.advanceTimersByTimeAsync(500);
    await answer(0, 'good');
    write('c');
    await jest.advanceTimersByTimeAsync(500);
    await refuse(1, 'No.');
    expect(state).toMatchObject({ problem: 'No.', pipeline: { name: 'good' } });
    write('d');
    await jest.advanceTimersByTimeAsync(500);
    await answer(2, 'better');
    expect(state).toMatchObject({ problem: null, pipeline: { name: 'better' } });
  });

  it('says nothing of a kernel that goes away meanwhile', async () => {
    const { analysis, client, state } = setUp();
    analysis.start();
    client.close('gone');
    await jest.advanceTimersByTimeAsync(0);
    expect(state.problem).toBeUndefined();
  });
});
