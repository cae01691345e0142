import type { Failure, StepRun } from '@tagflow/schema';
import {
  branchText,
  differsText,
  failurePlace,
  loopText,
  stepDetail,
  stepLine,
} from '../../labextension/lib/run/stepwords.js';
import { flowers, program, run, step } from './samples';

const now = Date.parse('2026-01-02T03:04:15.000Z');
const timed = { started: '2026-01-02T03:04:05.000Z', ended: '2026-01-02T03:04:08.500Z' };
const stepRun = (more: Partial<StepRun>): StepRun => run('running', [more]).steps[0]!;
const loop = { segment: 1, total: 100, succeeded: 37, running: 0, failed: [] };

describe('a step of a run', () => {
  it.each<[Partial<StepRun>, string, string]>([
    [{ state: 'pending' }, 'waiting', 'waiting'],
    [{ state: 'succeeded', ...timed }, '3.5 s', 'succeeded · 3.5 s'],
    [{ state: 'succeeded', ...timed, cached: 'r0' }, 'as before', 'succeeded · nothing ran: as in run r0'],
    [{ state: 'skipped', ...timed }, 'skipped', 'skipped: its condition was false · 3.5 s'],
    [{ state: 'omitted' }, 'left out', 'left out: a step before it failed'],
    [
      { state: 'running', started: timed.started, loops: [{ ...loop, running: 2 }] },
      '37/100 · 10 s',
      'running · 10 s · 37 of 100 items done, 2 running',
    ],
    [
      { state: 'failed', ...timed, attempts: 2, loops: [{ ...loop, failed: [7] }] },
      '37/100 · 3.5 s',
      'failed · 3.5 s · 2 attempts · item 7 failed, 37 of 100 items done',
    ],
    [
      { state: 'succeeded', cached: 'r0', ...timed, loops: [{ ...loop, total: 37, cached: 37 }] },
      '37/37 · as before',
      'succeeded · nothing ran: as in run r0 · 37 of 37 items done',
    ],
  ])('%#: %j', (more, detail, line) => {
    expect([stepDetail(stepRun(more), now), stepLine(stepRun(more), now)]).toEqual([detail, line]);
  });

  it.each([
    [{ ...loop, cached: 30 }, '37 of 100 items done, 30 of them as before'],
    [{ ...loop, failed: [1, 2] }, 'items 1, 2 failed, 37 of 100 items done'],
    [{ ...loop, failed: [1, 2, 3, 4, 5, 6] }, 'items 1, 2, 3, 4, 5, … failed, 37 of 100 items done'],
  ])('tells the items of a loop: %#', (of, words) => expect(loopText(of)).toBe(words));

  it.each<[number, Partial<StepRun>, RegExp | null]>([
    [0, { state: 'succeeded' }, null],
    [1, { state: 'succeeded', branch: 0 }, /^It took its first branch \(`if`\)\.$/],
    [1, { state: 'skipped' }, /^Its condition was false: its names keep/],
    [3, { state: 'skipped' }, /^None of its conditions was true: /],
    [3, { state: 'succeeded', branch: 0 }, /^It took its first branch \(`if`\), of 3\.$/],
    [3, { state: 'running', branch: 1 }, /^It took branch 2 \(`else if`\) of 3\.$/],
    [3, { state: 'failed', branch: 2 }, /^It took branch 3 of 3\.$/],
    [3, { state: 'running' }, null],
  ])('with %i branches, %j, names the way that it went', (count, more, words) => {
    const branches = Array.from({ length: count }, (_, at) => program('branch', at + 1));
    const text = branchText({ ...step('a'), programs: [program('condition'), ...branches] }, stepRun(more));
    if (words === null) expect(text).toBeNull();
    else expect(text).toMatch(words);
  });

  it.each<[Partial<Failure>, string]>([
    [{}, ''],
    [{ cell: 'cell-train', line: 3 }, 'cell 2, line 3'],
    [{ cell: 'gone', line: 3 }, 'line 3'],
    [{ index: 4 }, 'item 4'],
    [{ index: 4, input: '{\n  id: 7\n}', cell: 'cell-load' }, 'item 4 ({ id: 7 }), cell 1'],
    [{ index: 4, input: 'x'.repeat(200) }, `item 4 (${'x'.repeat(79)}…)`],
  ])('that failed at %j says where', (failure, place) => {
    expect(failurePlace({ name: 'E', message: 'm', ...failure }, flowers)).toBe(place);
  });

  it('says what is not reproducible', () => {
    expect(differsText(stepRun({}))).toBeNull();
    expect(differsText(stepRun({ differs: ['a', 'b'] }))).toMatch(
      /^Not reproducible: .* made a, b different/,
    );
  });
});
