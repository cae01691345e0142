/** Runs a notebook's pipeline here, shows how it goes, and sums it up. */
import type { Pipeline, Run, StepRun } from '@tagflow/schema';
import { parseParameter } from '../run/parameter.js';
import { unknownParameter } from '../run/plan.js';
import { PipelineErrors, startRun, type StartOptions } from '../run/start.js';
import { readPipeline } from '../store/records.js';
import type { Store } from '../store/store.js';
import { refuse, UsageError } from './failure.js';
import { progressOf } from './progress.js';
import { differsText, failureText } from './step-text.js';
import { print, printAside, stateText, timeText, writeJson } from './text.js';

export interface RunOptions {
  param: string[];
  tag: string[];
  /** `--no-cache` makes it false. */
  cache: boolean;
  json?: boolean;
}

/** Runs to the end, with progress; the exit code says whether it succeeded. */
export async function runAndShow(
  what: Omit<StartOptions, 'trigger' | 'store'> & { store: Store },
  { param, tag, cache, json = false }: RunOptions,
): Promise<void> {
  const progress = await progressOf({ json });
  const stop = stopOnSignal();
  try {
    const ended = await startRun({
      ...what,
      parameters: (pipeline) => parametersFor(pipeline, what.parameters, param),
      tags: tag,
      cache,
      trigger: 'command',
      onEvent: (event) => progress.tell(event),
      signal: stop.signal,
    });
    progress.end();
    if (json) writeJson(ended);
    else print(summary(ended, await readPipeline(what.store, ended)));
    process.exitCode = ended.state === 'succeeded' ? 0 : 1;
  } catch (error) {
    progress.end();
    if (!(error instanceof PipelineErrors)) throw error;
    await refuse(error, 'run', json);
  } finally {
    stop.end();
  }
}

/**
 * @param earlier parameters of an earlier run, which count as far as the pipeline still has them
 * @param given on the command line, as `name=value`
 */
export function parametersFor(
  pipeline: Pipeline,
  earlier: StartOptions['parameters'] = {},
  given: readonly string[],
): Record<string, unknown> {
  const names = new Set(pipeline.parameters.map(({ name }) => name));
  const values = Object.fromEntries(Object.entries(earlier).filter(([name]) => names.has(name)));
  for (const text of given) {
    const [name = '', ...rest] = text.split('=');
    const parameter = pipeline.parameters.find((each) => each.name === name);
    if (!parameter)
      throw new UsageError(
        unknownParameter(
          name,
          pipeline.parameters.map((each) => each.name),
        ),
      );
    values[name] = parseParameter(parameter, rest.join('='));
  }
  return values;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first Ctrl-C stops the run and lets it write its records; the second ends at once. */
export function stopOnSignal(): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    // A terminal that is closed may say so twice: by its shell, and by itself.
    if (controller.signal.aborted && signal === 'SIGHUP') return;
    if (controller.signal.aborted) process.exit(1);
    printAside('Stopping. Press Ctrl-C again to end at once.\n');
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  const end = (): void => SIGNALS.forEach((signal) => void process.off(signal, stop));
  return { signal: controller.signal, end };
}

export function summary(ended: Run, pipeline: Pipeline): string {
  const failures = ended.steps.flatMap(({ name, failure }) =>
    failure ? [failureText(name, failure, pipeline)] : [],
  );
  const kept = ended.steps.reduce((sum, { outputs }) => sum + outputs.length, 0);
  const time = timeText(ended.created, ended.ended);
  const values = kept === 1 ? '1 value' : `${kept} values`;
  return [
    ...failures.map((text) => `\n${text}`),
    ...ended.steps
      .map(differsText)
      .filter(Boolean)
      .map((text) => `\n${text}`),
    `\n${stateText(ended.state)} in ${time}: run ${ended.id} of ${ended.pipeline}, ${values} kept.\n`,
    `tagflow show ${ended.id} shows them.\n`,
    ...ended.steps.map((step) => failureHint(ended.id, step)),
  ].join('');
}

/** A failure can be looked at with its own code and inputs, unless nothing of the step has begun. */
function failureHint(run: string, { name, failure, attempts }: StepRun): string {
  if (!failure) return '';
  const resume = `tagflow resume ${run} goes on from here.\n`;
  if (attempts === 0) return resume;
  const item = failure.index === undefined ? '' : `/${failure.index}`;
  return `tagflow replay ${run} ${name}${item} --inspect runs it again, for a debugger; ${resume}`;
}
