/** Runs a notebook twice: cell after cell as the kernel does, and as programs that share nothing but encoded values. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Pipeline, Step } from '@tagflow/schema';
import { bundleProgram } from '../../kernel/lib/export/program.js';
import { createLinker } from '../../kernel/lib/interpreter/linker.js';
import { ClassRegistry, decode, encode, guardDigest } from '../../kernel/lib/store/codec.js';
import { Notebook } from '../language/notebook.ts';
import { FOLDER, type Row } from './notebook.ts';

type Bytes = Map<string, Uint8Array>;
type Program = { default: ($x: object) => Promise<void> };

const PROGRAMS = fileURLToPath(new URL('../output/pipeline-values/', import.meta.url));
let programs = 0;

/** The encoded values that each step has made or seen by its end, by variable; what cannot be encoded is left out. */
export async function valuesOfPipeline(pipeline: Pipeline): Promise<Map<string, Bytes>> {
  const versions: Bytes = new Map(
    pipeline.parameters.map(({ variable, value }) => [variable, encode(value)]),
  );
  const snapshots = new Map<string, Bytes>();
  for (const step of pipeline.steps) {
    await runStep(step, versions);
    snapshots.set(step.name, new Map(versions));
  }
  return snapshots;
}

async function runStep({ programs: [program], produces }: Step, versions: Bytes): Promise<void> {
  const { default: run } = await load(await bundleProgram(program!, { directory: FOLDER }));
  const classes = new ClassRegistry();
  const linker = createLinker({ directory: FOLDER });
  const guards: { name: string; value: unknown; digest: string }[] = [];
  const consumed = new Set(produces.filter((output) => output.consumed).map(({ variable }) => variable));
  await run({
    import: (specifier: string) => linker.import(specifier),
    require: (specifier: string) => linker.require(specifier),
    class: (name: string, digest: string, type: new () => object) => classes.declare(name, digest, type),
    input: (variable: string) => decode(versions.get(variable)!, { classes }),
    guard: (name: string, get: () => unknown) =>
      guards.push({ name, value: get(), digest: guardDigest(get(), { classes }) }),
    finish: (values: Record<string, () => unknown>) => {
      for (const { name, value, digest } of guards) {
        if (guardDigest(value, { classes }) !== digest) throw new Error(`${name} was changed in place`);
      }
      for (const [variable, get] of Object.entries(values)) {
        try {
          versions.set(variable, encode(get(), { classes }));
        } catch (error) {
          if (consumed.has(variable)) throw error;
          versions.delete(variable);
        }
      }
    },
  });
}

async function load(code: string): Promise<Program> {
  mkdirSync(PROGRAMS, { recursive: true });
  const file = `${PROGRAMS}${process.pid}-${programs++}.mjs`;
  writeFileSync(file, code);
  try {
    return (await import(file)) as Program;
  } finally {
    rmSync(file);
  }
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
  for (const [index, [, source]] of rows.entries()) {
    const id = `c${index + 1}`;
    const { cell, error } = await notebook.run(id, source);
    if (!cell.ok || error !== undefined) throw error ?? new Error(JSON.stringify(cell.diagnostics));
    const step = lastCells.get(id);
    if (step !== undefined) snapshots.set(step, encodeAll(variables, notebook, pipeline));
  }
  return snapshots;
}

function encodeAll(variables: readonly string[], notebook: Notebook, pipeline: Pipeline): Bytes {
  const modules = notebook['modules'];
  const classes = new ClassRegistry();
  for (const [, name, digest] of pipelineText(pipeline).matchAll(/\$x\.class\("(\w+)", "(\w+)"/g)) {
    for (const module of modules.values()) {
      if (Object.hasOwn(module, name!)) classes.declare(name!, digest!, module[name!] as new () => object);
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
