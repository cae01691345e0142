/** What became of a step, in words. */
import type { Failure, LoopRun, Pipeline, Step, StepRun } from '@tagflow/schema';
import { duration } from '../state.js';
import { STATE_WORDS, stateWord } from '../parts/statemark.js';

/** For the drawing, where there is no room for more: the sign beside it says what the state is. */
export function stepDetail(run: StepRun, now: number): string {
  const loops = (run.loops ?? []).map(({ total, succeeded }) => `${succeeded}/${total}`);
  const word = stateWord(run.state);
  if (run.cached !== undefined) return [...loops, run.state === 'skipped' ? word : 'as before'].join(' · ');
  if (run.started === undefined || run.state === 'skipped') return word;
  return [...loops, duration(run, now)].filter(Boolean).join(' · ');
}

/** All of it in one line, such as `failed · 1.2 s · 2 attempts · 36 of 100 items`. */
export function stepLine(run: StepRun, now: number): string {
  const stands = run.cached !== undefined;
  return [
    STATE_WORDS[run.state],
    ...(stands ? [`nothing ran: as in run ${run.cached}`] : []),
    ...(!stands && run.started !== undefined ? [duration(run, now)] : []),
    ...(run.attempts > 1 ? [`${run.attempts} attempts`] : []),
    ...(run.loops ?? []).map(loopText),
  ].join(' · ');
}

/** How many numbers of items are told. */
const TOLD = 5;

/** Failed items first, such as `item 7 failed, 36 of 100 items done, 2 running`. */
export function loopText({ total, succeeded, running, failed, cached = 0 }: LoopRun): string {
  const which = failed.slice(0, TOLD).join(', ') + (failed.length > TOLD ? ', …' : '');
  return [
    ...(failed.length > 0 ? [`item${failed.length > 1 ? 's' : ''} ${which} failed`] : []),
    `${succeeded} of ${total} items done`,
    ...(cached > 0 && cached < total ? [`${cached} of them as before`] : []),
    ...(running > 0 ? [`${running} running`] : []),
  ].join(', ');
}

/** Which way a condition went, as a sentence; null where there is none, or it is not known yet. */
export function branchText({ programs }: Step, { state, branch }: StepRun): string | null {
  const branches = programs.filter(({ kind }) => kind === 'branch').length;
  if (state === 'skipped') {
    const which = branches > 1 ? 'None of its conditions was true' : 'Its condition was false';
    return `${which}: its names keep the values that they had before.`;
  }
  if (branch === undefined || branches === 0) return null;
  if (branch === 0) return `It took its first branch (\`if\`)${branches > 1 ? `, of ${branches}` : ''}.`;
  const name = branch < branches - 1 ? ' (`else if`)' : '';
  return `It took branch ${branch + 1}${name} of ${branches}.`;
}

/** What of the step is not reproducible, as a sentence; null if nothing is. */
export function differsText({ differs = [] }: StepRun): string | null {
  if (differs.length === 0) return null;
  return `Not reproducible: an earlier run made ${differs.join(', ')} differently from the same code and inputs.`;
}

/** Where it failed, such as `item 3 ({ id: 7 }), cell 4, line 2`; empty if nothing is known of it. */
export function failurePlace({ index, input, cell, line }: Failure, pipeline: Pipeline | null): string {
  const known = pipeline?.cells.find(({ id }) => id === cell);
  return [
    ...(index === undefined ? [] : [`item ${index}${input === undefined ? '' : ` (${cut(input)})`}`]),
    ...(known ? [`cell ${known.index + 1}`] : []),
    ...(line === undefined ? [] : [`line ${line}`]),
  ].join(', ');
}

/** Where it failed and with what, such as `Cell 4, line 2: RangeError: …`. */
export function failureText(failure: Failure, pipeline: Pipeline | null): string {
  const place = failurePlace(failure, pipeline);
  const where = place === '' ? '' : `${place[0]!.toUpperCase()}${place.slice(1)}: `;
  return `${where}${failure.name}: ${failure.message}`;
}

/** Characters of an item's text. */
const SHOWN = 80;

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
}
