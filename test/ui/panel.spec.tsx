import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import type { StepRun } from '@tagflow/schema';
import { act } from 'react';
import type { NotebookPipeline } from '../../labextension/lib/model.js';
import { createPanel } from '../../labextension/lib/panel/panel.js';
import { INITIAL, type PipelineState } from '../../labextension/lib/state.js';
import { Command, type IPipelines } from '../../labextension/lib/tokens.js';
import { flowers, parameter, pipeline, program, run, step } from './samples';

const HOSTILE = '<img src=x onerror="alert(1)"><b>bold</b>';

/** A notebook's pipeline in a given state, without a notebook. */
function fakeModel(state: Partial<PipelineState>) {
  const runs = {
    start: jest.fn(),
    goOn: jest.fn(),
    stop: jest.fn(),
    refresh: jest.fn(),
    open: jest.fn(),
    close: jest.fn(),
    fetchLog: jest.fn(),
  };
  const model = {
    panel: { id: 'notebook', content: { widgets: [] } },
    state: { ...INITIAL, ...state },
    runs,
    past: { artifact: async () => null },
    enter: jest.fn(),
    select(step: string | null) {
      model.set({ selected: step });
    },
    set(patch: Partial<PipelineState>) {
      model.state = { ...model.state, ...patch };
      model.changed.emit(model.state);
    },
  } as unknown as NotebookPipeline & {
    set(patch: Partial<PipelineState>): void;
    changed: Signal<unknown, PipelineState>;
  };
  Object.assign(model, { changed: new Signal<unknown, PipelineState>(model) });
  return { model, runs };
}

let panel: Widget;
const commands = new CommandRegistry();
const executed: string[] = [];
for (const id of [
  Command.runEverything,
  Command.retry,
  Command.submitEverything,
  Command.export,
  Command.setUpCluster,
])
  commands.addCommand(id, { label: id, execute: () => void executed.push(id) });

async function show(current: NotebookPipeline | null): Promise<HTMLElement> {
  const pipelines = { current } as unknown as IPipelines & { currentChanged: unknown };
  Object.assign(pipelines, { currentChanged: new Signal(pipelines) });
  panel = createPanel(pipelines, commands);
  await act(async () => {
    Widget.attach(panel, document.body);
    await new Promise((resume) => setTimeout(resume, 100));
  });
  return panel.node;
}

afterEach(() => act(async () => panel.dispose()));

const button = (node: HTMLElement, text: string): HTMLButtonElement =>
  [...node.querySelectorAll('button')].find((one) => one.textContent?.trim() === text)!;
const click = (target: Element | null | undefined): Promise<void> =>
  act(async () => void target!.dispatchEvent(new MouseEvent('click', { bubbles: true })));

async function unfold(node: HTMLElement, title: string): Promise<void> {
  const section = [...node.querySelectorAll('details')].find((one) =>
    one.querySelector('h3')?.textContent?.startsWith(title),
  )!;
  await act(async () => {
    section.open = true;
    section.dispatchEvent(new Event('toggle'));
  });
}

describe('the panel', () => {
  it.each([
    ['no notebook', null, 'Open a notebook to see its pipeline.'],
    [
      'another kernel',
      { link: 'other' },
      'This notebook uses another kernel. Choose the Tagflow kernel to make it a pipeline.',
    ],
    [
      'no kernel',
      { link: 'none' },
      'This notebook has no kernel. Choose the Tagflow kernel to see its pipeline.',
    ],
    ['a kernel that starts', { link: 'starting' }, 'The kernel is starting…'],
    ['a dead kernel', { link: 'lost' }, 'The kernel is not connected. Restart it to see the pipeline.'],
    ['a notebook that is read', { link: 'ready' }, 'Reading the notebook…'],
  ] as const)('says one calm sentence for %s', async (_, state, sentence) => {
    const node = await show(state && fakeModel(state).model);
    expect(node.textContent).toBe(sentence);
  });

  it('says how to begin when no cell is tagged', async () => {
    const node = await show(fakeModel({ link: 'ready', pipeline: pipeline([]) }).model);
    expect(node.textContent).toMatch(/No step yet\. Select a cell and tag it/);
    expect(button(node, 'Run').disabled).toBe(true);
  });

  it('says only once that there is no step', async () => {
    const diagnostics = [
      { code: 'TF104', severity: 'info' as const, message: 'No step.', advice: 'Tag a cell.' },
    ];
    const node = await show(fakeModel({ link: 'ready', pipeline: pipeline([], { diagnostics }) }).model);
    expect(node.querySelector('.tf-Problems')).toBeNull();
  });

  it('offers a way to a problem only where there is a cell with it', async () => {
    const everywhere = {
      code: 'TF001',
      severity: 'info' as const,
      message: 'All of it.',
      advice: 'Do this.',
    };
    const there = { ...everywhere, cell: 'cell-load' };
    const diagnostics = [everywhere, there];
    const node = await show(fakeModel({ link: 'ready', pipeline: { ...flowers, diagnostics } }).model);
    expect([...node.querySelectorAll('.tf-Problem')].map(({ tagName }) => tagName)).toEqual([
      'DIV',
      'BUTTON',
    ]);
    expect(node.querySelector('.tf-Badge')!.getAttribute('data-severity')).toBe('info');
  });

  it('lists the same graph that it draws, with names and types', async () => {
    const node = await show(fakeModel({ link: 'ready', pipeline: flowers }).model);
    expect(node.querySelector('.tf-Outline')).toBeNull();
    await unfold(node, 'Steps and values');
    const list = node.querySelector('.tf-Outline')!;
    expect([...list.querySelectorAll('.tf-Outline-step')].map((one) => one.textContent)).toEqual([
      'load',
      'train',
      'evaluate',
    ]);
    expect(list.textContent).toMatch(/from loadrows: Row\[\]/);
    expect(list.textContent).toMatch(/to evaluatemodel: Forest/);
    const drawn = [...node.querySelectorAll('.react-flow__node')].map((one) =>
      one.getAttribute('aria-label'),
    );
    expect(drawn).toEqual(['Step load, 1 cell', 'Step train, 1 cell', 'Step evaluate, 1 cell']);
  });

  it('has one stop of Tab for all steps and for what flows to and from them', async () => {
    const { model } = fakeModel({ link: 'ready', pipeline: flowers });
    const node = await show(model);
    const stops = (): (string | null)[] =>
      [...node.querySelectorAll('.tf-Dag .react-flow__node[tabindex="0"], .tf-Flow[tabindex="0"]')].map(
        (one) => one.getAttribute('aria-label')!.replace(/,.*|:.*/, ''),
      );
    expect(stops()).toEqual(['From load to train', 'Step load']);
    const box = (step: string): HTMLElement => node.querySelector(`.react-flow__node[data-id="${step}"]`)!;
    await act(async () => box('load').focus());
    const press = (key: string): Promise<void> =>
      act(async () => {
        document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      });
    await press('ArrowDown');
    expect(document.activeElement).toBe(box('train'));
    expect(stops()).toEqual(['From load to train', 'From train to evaluate', 'Step train']);
    await act(async () => model.set({ selected: 'evaluate' }));
    expect(stops()).toEqual(['From train to evaluate', 'Step evaluate']);
    expect(box('evaluate').getAttribute('aria-current')).toBe('true');
    const how = document.getElementById(box('load').getAttribute('aria-describedby')!)!.textContent;
    expect(how).toMatch(/^Enter chooses the step\./);
  });

  it('tells a step with its errors and warnings to who cannot see them', async () => {
    const at = (cell: string, severity: 'error' | 'warning') => ({
      code: 'TF001',
      severity,
      message: 'x',
      cell,
    });
    const diagnostics = [at('cell-load', 'error'), at('cell-train', 'warning'), at('cell-train', 'warning')];
    const node = await show(fakeModel({ link: 'ready', pipeline: { ...flowers, diagnostics } }).model);
    const labels = [...node.querySelectorAll('.react-flow__node')].map((one) =>
      one.getAttribute('aria-label'),
    );
    expect(labels.slice(0, 2)).toEqual(['Step load, 1 cell, 1 error', 'Step train, 1 cell, 2 warnings']);
  });

  it('leads to the settings of a step, but not of a past run', async () => {
    const { model } = fakeModel({ link: 'ready', pipeline: flowers, selected: 'train' });
    const settings = commands.addCommand(Command.stepSettings, {
      execute: () => void executed.push(`settings of ${model.state.selected}`),
    });
    const node = await show(model);
    await click(button(node, 'Settings…'));
    expect(executed.pop()).toBe('settings of train');
    await act(async () => model.set({ past: { run: run('succeeded', []), document: flowers, logs: {} } }));
    expect(button(node, 'Settings…')).toBeUndefined();
    settings.dispose();
  });

  it('says where the log of a step is of which nothing ran', async () => {
    const shown = run('succeeded', [{ name: 'load', state: 'succeeded', cached: 'r0' }]);
    const latest = { run: shown, document: flowers, logs: {} };
    const node = await show(fakeModel({ link: 'ready', pipeline: flowers, selected: 'load', latest }).model);
    expect(node.querySelector('.tf-Details')!.textContent).toContain('what was written is with run r0.');
  });

  it('runs, and stops what runs', async () => {
    const { model, runs } = fakeModel({ link: 'ready', pipeline: flowers });
    const node = await show(model);
    expect(button(node, 'Stop').disabled).toBe(true);
    await click(button(node, 'Run'));
    expect(runs.start).toHaveBeenCalledTimes(1);
    await act(async () => model.set({ running: true }));
    expect(button(node, 'Run').disabled).toBe(true);
    await click(button(node, 'Stop'));
    expect(runs.stop).toHaveBeenCalledTimes(1);
  });

  it('resumes a run that ended early, and offers other ways with the keys', async () => {
    const shown = { run: run('stopped', []), document: flowers, logs: {} };
    const { model, runs } = fakeModel({ link: 'ready', pipeline: flowers });
    const node = await show(model);
    expect(button(node, 'Resume').title).toMatch(/There is no run to go on with/);
    await act(async () => model.set({ latest: shown }));
    await click(button(node, 'Resume'));
    expect(runs.goOn).toHaveBeenCalledWith('resume');
    const more = node.querySelector<HTMLButtonElement>('[aria-label="Other ways to resume"]')!;
    expect(more.getAttribute('aria-haspopup')).toBe('menu');
    const press = (target: Element, key: string): Promise<void> =>
      act(async () => {
        const keyCode = { ArrowDown: 40, Enter: 13 }[key]!;
        target.dispatchEvent(new KeyboardEvent('keydown', { key, keyCode, bubbles: true, cancelable: true }));
      });
    await press(more, 'ArrowDown');
    const menu = document.querySelector('[role=menu]')!;
    expect([menu.textContent, more.getAttribute('aria-expanded')]).toEqual([Command.retry, 'true']);
    await press(menu.closest('.lm-Menu')!, 'Enter');
    expect([executed, more.getAttribute('aria-expanded')]).toEqual([[Command.retry], 'false']);
    expect(document.activeElement).toBe(more);
    await act(async () => model.set({ latest: { ...shown, run: run('succeeded', []) } }));
    expect([button(node, 'Resume').disabled, more.disabled]).toEqual([true, true]);
  });

  it('does not run what has errors, and says what to do about them', async () => {
    const diagnostic = {
      code: 'TF021',
      severity: 'error',
      message: 'Changed in place.',
      advice: 'Copy it.',
      cell: 'cell-train',
    } as const;
    const node = await show(
      fakeModel({ link: 'ready', pipeline: { ...flowers, diagnostics: [diagnostic] } }).model,
    );
    expect(button(node, 'Run').disabled).toBe(true);
    expect(node.querySelector('[role=status]')!.textContent).toBe('One problem is in the way.');
    expect(node.querySelector('.tf-Problems')!.textContent).toBe(
      'Changed in place.Copy it.train · cell 2 · TF021',
    );
  });

  it('shows the state of each step and the way to the first error', async () => {
    const failed = run('failed', [
      {
        name: 'load',
        state: 'succeeded',
        started: '2026-01-02T03:04:05.000Z',
        ended: '2026-01-02T03:04:06.000Z',
      },
      {
        name: 'train',
        state: 'failed',
        failure: { name: 'TypeError', message: 'x is not a function', cell: 'cell-train', line: 3 },
      },
      { name: 'evaluate', state: 'omitted' },
    ]);
    const { model } = fakeModel({
      link: 'ready',
      pipeline: flowers,
      latest: { run: failed, document: flowers, logs: {} },
    });
    const node = await show(model);
    const marks = [...node.querySelectorAll('.react-flow__node .tf-StateMark')].map((one) =>
      one.getAttribute('data-state'),
    );
    expect(marks).toEqual(['succeeded', 'failed', 'omitted']);
    expect(node.querySelector('[role=alert]')!.textContent).toBe(
      'train, cell 2, line 3: TypeError: x is not a functionGo to the cellReplay…',
    );
    await click(node.querySelector('.tf-GoToFailure'));
    expect(model.state.selected).toBe('train');
  });

  it('tells what stood, what was skipped and what is not reproducible from what ran', async () => {
    const conditional = step('train', { rows: 'load' });
    conditional.programs = [program('condition'), program('branch'), program('branch')];
    const shown = pipeline([step('load'), conditional, step('evaluate')]);
    const steps: Partial<StepRun>[] = [
      { name: 'load', state: 'succeeded', cached: 'r0' },
      { name: 'train', state: 'skipped' },
      { name: 'evaluate', state: 'succeeded', differs: ['score'] },
    ];
    const { model } = fakeModel({
      ...{ link: 'ready', pipeline: shown, selected: 'train' },
      latest: { run: run('succeeded', steps), document: shown, logs: {} },
    });
    const node = await show(model);
    const marks = [...node.querySelectorAll('.react-flow__node .tf-StateMark')].map((one) =>
      one.getAttribute('aria-label'),
    );
    expect(marks).toEqual(['as before', 'skipped: its condition was false', 'succeeded']);
    const texts = [...node.querySelectorAll('.tf-Step-detail')].map((one) => one.textContent);
    expect(texts).toEqual(['as before', 'skipped', 'succeeded']);
    expect(node.querySelector('.tf-Details')!.textContent).toMatch(
      /None of its conditions was true: its names keep the values/,
    );
    expect(node.querySelector('.tf-Notice[data-severity=warning]')!.textContent).toMatch(
      /^Not reproducible: .* in evaluate\.$/,
    );
    await act(async () => model.select('load'));
    expect(node.querySelector('.tf-Details-state')!.textContent).toBe(
      'succeeded · nothing ran: as in run r0',
    );
  });

  it('marks the steps that would run again, in the drawing, the list and the details', async () => {
    const stale = new Map([['train', [`\`load\` changed ${HOSTILE}`]]]);
    const { model } = fakeModel({ link: 'ready', pipeline: flowers, stale, selected: 'train' });
    const node = await show(model);
    await unfold(node, 'Steps and values');
    const sentence = `Would run now: \`load\` changed ${HOSTILE}.`;
    const label = node.querySelector('.react-flow__node[data-id=train]')!.getAttribute('aria-label');
    expect(label).toBe(`Step train, 1 cell, ${sentence}`);
    expect(node.querySelectorAll('.tf-Step .tf-StaleMark')).toHaveLength(1);
    const lines = [...node.querySelectorAll('.tf-Stale')].map((line) => line.textContent);
    expect(lines).toEqual(Array(2).fill(sentence.replaceAll('`', '')));
    expect(node.querySelector('img')).toBeNull();
    await act(async () => model.set({ running: true }));
    expect(node.querySelector('.tf-StaleMark')).toBeNull();
  });

  it('shows the attempts of a step that was tried again, and the log of one that is opened', async () => {
    const tried = { name: 'load', state: 'succeeded' as const, attempts: 2 };
    const latest = { run: run('succeeded', [tried]), document: flowers, logs: {} };
    const { model } = fakeModel({ link: 'ready', pipeline: flowers, selected: 'load', latest });
    const times = { started: '2026-01-02T03:04:05.000Z', ended: '2026-01-02T03:04:07.000Z' };
    const failure = { name: 'RangeError', message: HOSTILE, line: 2 };
    Object.assign(model.past, {
      attempts: async () => ({
        attempts: [
          { key: '0/1', place: { segment: 0, attempt: 1 }, state: 'failed', ...times, failure },
          { key: '1.7/2', place: { segment: 1, index: 7, attempt: 2 }, state: 'succeeded', ...times },
        ],
        more: 3,
      }),
      attemptLog: async () => ({ parts: [{ stream: 'stdout', text: HOSTILE }], length: 9, cut: false }),
    });
    const node = await show(model);
    const [first, second] = [...node.querySelectorAll<HTMLDetailsElement>('.tf-Attempt')];
    expect(first!.textContent).toMatch(/^Attempt 1.* · 2\.0 sRangeError: <img/);
    expect(second!.textContent).toMatch(/^Item 7, attempt 2/);
    expect(node.querySelector('.tf-Details')!.textContent).toMatch(/3 more are not listed/);
    await act(async () => {
      first!.open = true;
      first!.dispatchEvent(new Event('toggle'));
    });
    expect(first!.querySelector('.tf-Log')!.textContent).toBe(HOSTILE);
    expect(node.querySelector('img')).toBeNull();
  });

  it('follows the log of an attempt that is at work, and leaves it open when it ends', async () => {
    let state = 'running';
    const started = '2026-01-02T03:04:05.000Z';
    const place = { segment: 0, attempt: 2 };
    const read = jest.fn(async () => ({ parts: [{ stream: 'stdout', text: 'all' }], length: 3, cut: false }));
    const shownWith = (text: string) => ({
      run: run('running', [{ name: 'load', state: state as 'running', attempts: 2 }]),
      document: flowers,
      logs: {
        load: {
          parts: [
            { stream: 'stdout' as const, text: 'no', attempt: '0/1' },
            { stream: 'stdout' as const, text, attempt: '0/2' },
          ],
          length: 2 + text.length,
          cut: false,
        },
      },
    });
    const { model } = fakeModel({
      ...{ link: 'ready', pipeline: flowers, selected: 'load' },
      latest: shownWith('a'),
    });
    Object.assign(model.past, {
      attempts: async () => ({ attempts: [{ key: '0/2', place, state, started }], more: 0 }),
      attemptLog: read,
    });
    const node = await show(model);
    const attempt = (): HTMLDetailsElement => node.querySelector<HTMLDetailsElement>('.tf-Attempt')!;
    await act(async () => {
      attempt().open = true;
      attempt().dispatchEvent(new Event('toggle'));
    });
    const log = (): string => attempt().querySelector('.tf-Log')!.textContent!;
    expect(log()).toBe('a');
    await act(async () => model.set({ latest: shownWith('a, b') }));
    expect(log()).toBe('a, b');
    expect(read).toHaveBeenCalledTimes(1);
    state = 'succeeded';
    read.mockResolvedValue({ parts: [{ stream: 'stdout', text: 'a, b, c' }], length: 7, cut: false });
    await act(async () => model.set({ latest: shownWith('a, b') }));
    expect(attempt().open).toBe(true);
    expect(log()).toBe('a, b, c');
  });

  it('has a form for parameters', async () => {
    const { model } = fakeModel({
      link: 'ready',
      pipeline: pipeline([step('a')], { parameters: [parameter('depth', 4)] }),
    });
    const node = await show(model);
    const input = node.querySelector<HTMLInputElement>('.tf-Form input')!;
    expect(node.querySelector(`label[for="${input.id}"]`)!.textContent).toBe('depth');
    expect(input.value).toBe('4');
    await act(async () => model.set({ entries: { depth: 'deep' } }));
    expect(node.querySelector('.tf-Form-problem')!.textContent).toBe('Give a number.');
  });

  it('shows past runs, and one of them in place of the notebook', async () => {
    const past = run('succeeded', [{ name: 'old', state: 'succeeded' }], {
      ended: '2026-01-02T03:04:08.000Z',
    });
    const { model, runs } = fakeModel({ link: 'ready', pipeline: flowers, runs: [past] });
    const node = await show(model);
    await unfold(node, 'Past runs');
    await click(node.querySelector('.tf-RunRow'));
    expect(runs.open).toHaveBeenCalledWith('r1');
    await act(async () => {
      model.set({ past: { run: past, document: pipeline([step('old')]), logs: {} } });
      await new Promise((resume) => setTimeout(resume, 50));
    });
    expect([...node.querySelectorAll('.tf-Step-name')].map((one) => one.textContent)).toEqual(['old']);
    await click(button(node, 'Back to the notebook'));
    expect(runs.close).toHaveBeenCalled();
  });

  it('trusts nothing that it shows', async () => {
    const artifact = {
      ...{ name: HOSTILE, variable: 'c#x', digest: '0'.repeat(64), size: 3, type: HOSTILE },
      preview: { text: HOSTILE, html: HOSTILE },
    };
    const failure = { name: HOSTILE, message: HOSTILE };
    const steps = [{ name: 'load', state: 'failed' as const, outputs: [artifact], failure }];
    const hostile = pipeline([step('load', {}, { [HOSTILE]: HOSTILE })], {
      diagnostics: [{ code: 'TF001', severity: 'warning', message: HOSTILE, advice: HOSTILE }],
    });
    const logs = {
      load: { parts: [{ stream: 'stdout' as const, text: HOSTILE }], length: HOSTILE.length, cut: false },
    };
    const node = await show(
      fakeModel({
        ...{ link: 'ready', pipeline: hostile, selected: 'load', problem: HOSTILE, refusal: HOSTILE },
        latest: { run: run('failed', steps, { pipeline: HOSTILE }), document: hostile, logs },
      }).model,
    );
    await act(async () => {
      const result = node.querySelector<HTMLDetailsElement>('.tf-Result')!;
      result.open = true;
      result.dispatchEvent(new Event('toggle'));
    });
    expect(node.querySelector('img')).toBeNull();
    const frame = node.querySelector('iframe')!;
    expect(frame.getAttribute('sandbox')).toBe('');
    expect(frame.getAttribute('srcdoc')).toMatch(
      /^<meta http-equiv="Content-Security-Policy" content="default-src 'none'/,
    );
    expect(node.textContent).toContain(HOSTILE);
  });
});

const place = { context: 'prod', server: 'https://10.0.0.1', user: 'ann', namespace: 'research' };
const set = { deployment: { store: { url: 's3://b' } }, contexts: ['prod'], place };

describe('the line about the cluster', () => {
  it.each([
    ['is absent until it is known', null, null, undefined],
    [
      'offers to set one up',
      { deployment: {}, contexts: [], problem: 'No cluster is set up yet.' },
      'Runs on this machine.Set up a cluster…',
      undefined,
    ],
    ['says where runs go', set, 'Submitprod › researchas ann', false],
    [
      'says what is missing',
      { ...set, problem: 'There is no registry for images yet.' },
      'Submitprod › researchThere is no registry for images yet.',
      true,
    ],
    [
      'says why the cluster is not known',
      { deployment: set.deployment, contexts: [], problem: 'The kubeconfig has no context prod.' },
      'SubmitThe kubeconfig has no context prod.',
      true,
    ],
  ] as const)('%s', async (_, cluster, text, disabled) => {
    const node = await show(fakeModel({ link: 'ready', pipeline: flowers, cluster } as never).model);
    expect(node.querySelector('.tf-ClusterBar')?.textContent ?? null).toBe(text);
    expect(node.querySelector<HTMLButtonElement>('.tf-Submit')?.disabled).toBe(disabled);
  });

  it('submits, and opens the page by a click on the place', async () => {
    const { model, runs } = fakeModel({ link: 'ready', pipeline: flowers, cluster: set });
    const node = await show(model);
    await click(node.querySelector('.tf-Submit'));
    expect(runs.start).toHaveBeenCalledWith(true, 'submit');
    executed.length = 0;
    await click(node.querySelector('.tf-Place'));
    expect(executed).toEqual([Command.setUpCluster]);
  });
});

it('tells what is done before a run begins, why pods wait, and stops what is on the cluster', async () => {
  const { model, runs } = fakeModel({
    link: 'ready',
    pipeline: flowers,
    cluster: set,
    running: true,
    doing: 'Building the image',
  });
  const node = await show(model);
  expect(node.querySelector('.tf-Summary')!.textContent).toBe('Building the image…');
  const cluster = { namespace: 'research', workflow: 'w', placement: '0'.repeat(64) };
  const latest = {
    run: run('running', [{ name: 'load' }], { cluster }),
    document: null,
    logs: {},
    waiting: { load: `waits: no node has room for it (${HOSTILE}).` },
  };
  await act(async () => model.set({ running: false, doing: null, latest }));
  expect(node.querySelector('.tf-Summary')!.textContent).toBe('Running on the cluster: 0 of 1 steps done');
  expect(node.querySelector('.tf-Waiting')!.textContent).toBe(
    `load waits: no node has room for it (${HOSTILE}).`,
  );
  const away = { text: `The cluster cannot be reached: ${HOSTILE}.`, until: '2026-01-02T03:06:05.000Z' };
  await act(async () => model.set({ latest: { ...latest, away } }));
  expect(node.querySelector('.tf-Away')!.textContent).toMatch(
    /^The cluster cannot be reached: .* It is tried again until \d+:\d\d/,
  );
  await act(async () => model.set({ latest }));
  expect(node.querySelector('.tf-Away')).toBeNull();
  await click(button(node, 'Stop'));
  expect(runs.stop).toHaveBeenCalled();
});
