import { StaleSteps, staleText } from '../../labextension/lib/stale.js';
import { INITIAL, staleReasons, type PipelineState } from '../../labextension/lib/state.js';
import { recordingClient } from './recording';
import { flowers, parameter, pipeline, step } from './samples';

type Sent = { id: string; type: string; parameters: object };

function setUp(patch: Partial<PipelineState> = {}) {
  const { client, channel, sent } = recordingClient<Sent>();
  let state: PipelineState = { ...INITIAL, link: 'ready', pipeline: flowers, ...patch };
  const set = (more: Partial<PipelineState>): void => void (state = { ...state, ...more });
  const stale = new StaleSteps({ client: () => client, state: () => state, update: set });
  const answer = async (to: number, ...names: string[]): Promise<void> => {
    const steps = flowers.steps.map(({ name }) => ({
      step: name,
      stale: names.includes(name),
      reasons: names.includes(name) ? ['it is new'] : [],
    }));
    channel.onMessage({ type: 'stale', id: sent[to]!.id, steps });
    await jest.advanceTimersByTimeAsync(0);
  };
  const refuse = async (to: number): Promise<void> => {
    channel.onMessage({ type: 'error', id: sent[to]!.id, message: 'No.' });
    await jest.advanceTimersByTimeAsync(0);
  };
  return { stale, sent, set, answer, refuse, state: () => state };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());
const wait = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

describe('what would run again', () => {
  it('is asked once things are quiet, and never while something is typed', async () => {
    const { stale, sent, answer, state } = setUp();
    stale.touch();
    for (let key = 0; key < 10; key++) {
      await wait(300);
      stale.hold();
    }
    expect(sent).toEqual([]);
    await wait(1000);
    expect(sent).toMatchObject([{ type: 'stale', parameters: {} }]);
    await answer(0, 'train');
    expect([...state().stale!]).toEqual([['train', ['it is new']]]);
    stale.hold();
    await wait(1000);
    expect(sent).toHaveLength(1);
  });

  it('has one question open at a time, and drops an answer that is old', async () => {
    const { stale, sent, answer, state } = setUp();
    stale.touch();
    await wait(1000);
    stale.touch();
    await wait(1000);
    expect(sent).toHaveLength(1);
    await answer(0, 'load');
    expect(state().stale).toBeNull();
    await wait(1000);
    await answer(1, 'train');
    expect([...state().stale!.keys()]).toEqual(['train']);
  });

  it('waits for the end of an analysis and of a run', async () => {
    for (const busy of [{ analysing: true }, { running: true }]) {
      const { stale, sent, set } = setUp(busy);
      stale.touch();
      await wait(1000);
      expect(sent).toEqual([]);
      set({ analysing: false, running: false });
      stale.touch();
      await wait(1000);
      expect(sent).toHaveLength(1);
    }
  });

  it('is not known of what cannot run, and a refusal disturbs nobody', async () => {
    const error = { code: 'TF001', severity: 'error' as const, message: 'No.' };
    const depth = pipeline([step('a')], { parameters: [parameter('depth', 4)] });
    for (const patch of [
      { pipeline: { ...flowers, diagnostics: [error] } },
      { pipeline: depth, entries: { depth: 'x' } },
    ]) {
      const { stale, sent, state } = setUp({ ...patch, stale: new Map([['load', []]]) });
      stale.touch();
      await wait(1000);
      expect([sent, state().stale]).toEqual([[], null]);
    }
    const { stale, refuse, state, sent } = setUp({ pipeline: depth, entries: { depth: '7' } });
    stale.touch();
    await wait(1000);
    expect(sent[0]!.parameters).toEqual({ depth: 7 });
    await refuse(0);
    expect(state()).toMatchObject({ stale: null, refusal: null, problem: null });
  });

  it('is shown with the notebook while nothing runs', () => {
    const state = { ...INITIAL, stale: new Map([['train', ['it is new']]]) };
    expect(staleReasons(state, 'train')).toEqual(['it is new']);
    expect(staleReasons(state, 'load')).toBeUndefined();
    expect(staleReasons({ ...state, running: true }, 'train')).toBeUndefined();
  });

  it.each([
    [[], 'Would run now.'],
    [['it is new'], 'Would run now: it is new.'],
    [['a.', 'b', 'c', 'd', 'e'], 'Would run now: a; b; c; and 2 more.'],
  ])('is a sentence: %j', (reasons, text) => expect(staleText(reasons)).toBe(text));
});
