/** When the steps of a run went on: bars from 0 to 1 of its time. Pure. */
import type { Run, StepRun } from '@tagflow/schema';

export interface Bar {
  step: StepRun;
  /** Beginning and end, as shares of the whole; absent for a step of which nothing ran. */
  span?: [from: number, to: number];
  /** Milliseconds. */
  length?: number;
}

export interface Timeline {
  bars: Bar[];
  /** Of the whole, in milliseconds. */
  length: number;
}

/** @param now milliseconds since 1970: up to here goes what has not ended */
export function timelineOf(run: Run, now: number): Timeline {
  const begin = Date.parse(run.created);
  const end = run.ended === undefined ? now : Date.parse(run.ended);
  const length = Math.max(1, end - begin);
  const share = (instant: number): number => Math.min(1, Math.max(0, (instant - begin) / length));
  const bars = run.steps.map((step): Bar => {
    if (step.started === undefined || step.cached !== undefined) return { step };
    const from = Date.parse(step.started);
    const to = step.ended === undefined ? end : Date.parse(step.ended);
    return { step, span: [share(from), share(to)], length: Math.max(0, to - from) };
  });
  return { bars, length };
}

/** Round instants for the axis, in milliseconds: at most `most` of them. */
export function ticksOf(length: number, most = 6): number[] {
  const rough = length / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough)!;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, i) => i * step);
}
