/** Runs a notebook twice: cell after cell as the kernel does, and as programs that share nothing but encoded values. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pipeline, Run } from '@tagflow/schema';
import { bundleProgram } from '../../kernel/lib/bundle/program.js';
import { planRun } from '../../kernel/lib/run/plan.js';
import { type RunOptions, runPipeline } from '../../kernel/lib/run/runner.js';
import { ClassRegistry, encode } from '../../kernel/lib/store/codec.js';
import { getBlob } from '../../kernel/lib/store/content.js';
import { FolderStore } from '../../kernel/lib/store/file.js';
import { Notebook } from '../language/notebook.ts';
import { InProcessExecutor } from './in-process.ts';
import { FOLDER, type Row } from './notebook.ts';

/** Files of short life go where they are quick, if there is such a place. */
const FAST = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Encoded values by variable. */
export type Bytes = Map<string, Uint8Array>;

type Declared = Map<string, Record<string, string>>;

/** A cell of the notebook does not compile, or it threw, for a `cause`. */
export class CellFailed extends Error {
  constructor(
    readonly cell: string,
    message: string,
    cause?: unknown,
  ) {
    super(`Cell ${cell}: ${message} ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

/** A step of the run failed, with the name and the words of its failure. */
export class StepFailed extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** The encoded values that each step has made or seen by its end, by variable; what cannot be encoded is left out. */
export async function valuesOfPipeline(pipeline: Pipeline): Promise<Map<string, Bytes>> {
  const location = mkdtempSync(join(FAST, 'tagflow-values-'));
  try {
    const store = new FolderStore(location);
    const run = await runHere(pipeline, store);
    const versions: Bytes = new Map();
    const snapshots = new Map<string, Bytes>();
    for (const step of run.steps) {
      if (step.failure) throw new StepFailed(step.failure.name, step.failure.message);
      const { produces } = pipeline.steps.find(({ name }) => name === step.name)!;
      for (const { name, variable } of produces) {
        if (step.notKept.some((each) => each.name === name)) versions.delete(variable);
      }
      for (const { variable, digest } of step.outputs) versions.set(variable, await getBlob(store, digest));
      snapshots.set(step.name, new Map(versions));
    }
    return snapshots;
  } finally {
    rmSync(location, { recursive: true, force: true });
  }
}

/** A run in this process. */
export async function runHere(
  pipeline: Pipeline,
  store: FolderStore,
  options: Pick<RunOptions, 'cache' | 'resumed' | 'origin' | 'signal' | 'onEvent'> & {
    parameters?: Record<string, unknown>;
  } = {},
): Promise<Run> {
  const programs = pipeline.steps.flatMap((step) => step.programs);
  const codes = new Map(
    await Promise.all(
      programs.map(
        async (program) => [program, (await bundleProgram(program, { directory: FOLDER })).code] as const,
      ),
    ),
  );
  const { parameters, ...rest } = options;
  return runPipeline(planRun(pipeline, parameters), {
    ...rest,
    store,
    executor: new InProcessExecutor(),
    directory: FOLDER,
    programOf: (program) => codes.get(program)!,
    trigger: 'command',
  });
}

/** The same from the notebook itself: after the last cell of each step, the values of the step's variables so far. */
export async function valuesOfNotebook(
  rows: readonly Row[],
  pipeline: Pipeline,
): Promise<Map<string, Bytes>> {
  const notebook = new Notebook(FOLDER);
  const variables = pipeline.steps.flatMap((step) => step.produces.map(({ variable }) => variable));
  const lastCells = new Map(pipeline.steps.map(({ name, cells }) => [cells.at(-1)!, name]));
  const snapshots = new Map<string, Bytes>();
  const disturbed = new Set<string>();
  const declared: Declared = new Map();
  let last: Bytes = new Map();
  for (const [index, [tag, source]] of rows.entries()) {
    const id = `c${index + 1}`;
    const { cell, error } = await notebook.run(id, source, { parameters: tag === 'parameters' });
    if (!cell.ok) throw new CellFailed(id, JSON.stringify(cell.diagnostics));
    if (error !== undefined) throw new CellFailed(id, 'It threw.', error);
    declared.set(id, cell.script.classes ?? {});
    const values = encodeAll(variables, { notebook, pipeline, declared });
    if (tag === 'none' || tag === 'skip') {
      for (const [variable, bytes] of last) {
        if (!values.get(variable) || Buffer.compare(values.get(variable)!, bytes) !== 0)
          disturbed.add(variable);
      }
    }
    last = values;
    const step = lastCells.get(id);
    if (step === undefined) continue;
    const later = pipeline.steps.slice(pipeline.steps.findIndex(({ name }) => name === step));
    const used = new Set(
      later.flatMap(({ consumes, produces }) => [...consumes, ...produces]).map((each) => each.variable),
    );
    // An untagged cell may change what no step below needs: pipelines know nothing of it.
    const isCompared = (variable: string): boolean => used.has(variable) || !disturbed.has(variable);
    snapshots.set(step, new Map([...values].filter(([variable]) => isCompared(variable))));
  }
  return snapshots;
}

/** @param declared digests of the classes that each cell declares, by name */
function encodeAll(
  variables: readonly string[],
  { notebook, pipeline, declared }: { notebook: Notebook; pipeline: Pipeline; declared: Declared },
): Bytes {
  const modules = notebook['modules'];
  const classes = new ClassRegistry();
  const text = pipelineText(pipeline);
  for (const [id, digests] of declared) {
    for (const [name, digest] of Object.entries(digests)) {
      if (text.includes(`$x.class(${JSON.stringify(name)}, "${digest}"`))
        classes.declare(name, digest, modules.get(id)![name] as new () => object);
    }
  }
  const bytes: Bytes = new Map();
  for (const variable of variables) {
    const [cell, name] = variable.split('#') as [string, string];
    const module = modules.get(cell);
    if (!module || !Object.hasOwn(module, name)) continue;
    try {
      bytes.set(variable, encode(module[name], { classes }));
    } catch {
      // Not kept, there as here.
    }
  }
  return bytes;
}

function pipelineText({ steps }: Pipeline): string {
  return steps.flatMap((step) => step.programs.map(({ source }) => source)).join('\n');
}
