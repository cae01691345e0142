/** Carries a placed run out as the exported workflow has it, each pod a process of this machine. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Step } from '@tagflow/schema';
import { bundlePrograms } from '../../kernel/lib/bundle/programs.js';
import { earlySplits } from '../../kernel/lib/export/early-split.js';
import { type PlacedRun, type PlacedRunOptions, placeRun } from '../../kernel/lib/run/pod/placed-run.js';
import type { Plan } from '../../kernel/lib/run/plan.js';
import type { FolderStore } from '../../kernel/lib/store/file.js';
import { FOLDER } from '../pipeline/notebook.ts';

const POD = fileURLToPath(new URL('../../kernel/lib/run/pod/pod.js', import.meta.url));

/** All that is done before the engine gets a run. */
export async function placeHere(
  plan: Plan,
  store: FolderStore,
  { base, ...options }: Pick<PlacedRunOptions, 'cache' | 'origin' | 'asOf'> & { base?: string } = {},
): Promise<PlacedRun> {
  const programs = plan.steps.flatMap(({ step }) => step.programs);
  const codes = await bundlePrograms(programs, FOLDER);
  return placeRun(plan, {
    ...options,
    store,
    directory: FOLDER,
    programOf: (program) => codes.get(program)!,
    images: Object.fromEntries(plan.steps.map(({ step }) => [step.name, { image: 'here', base }])),
    cluster: (run) => ({ namespace: 'here', workflow: run }),
    isSamePlace: () => base === undefined,
    trigger: 'command',
  });
}

export interface Engine {
  run: string;
  store: string;
  /** What stands for the image's project. */
  project: string;
  /** Most chunks of a loop. */
  chunks?: number;
  env?: Record<string, string>;
  /** Hears of each pod before it begins. */
  onPod?: (args: readonly string[]) => void;
}

export interface PodEnd {
  code: number | null;
  /** What it wrote. */
  text: string;
  /** Its outputs, as the engine reads them. */
  chunks: number[];
  branch: number;
}

export async function runPod(args: readonly string[], engine: Engine): Promise<PodEnd> {
  const { run, store, project, chunks = 10, env = {}, onPod } = engine;
  onPod?.(args);
  const outputs = mkdtempSync(join(tmpdir(), 'tagflow-out-'));
  try {
    const child = spawn(process.execPath, [POD, ...args], {
      env: {
        ...process.env,
        TAGFLOW_RUN: run,
        TAGFLOW_STORE: store,
        TAGFLOW_PROJECT: project,
        TAGFLOW_OUTPUTS: outputs,
        TAGFLOW_CHUNKS: String(chunks),
        ...env,
      },
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (text += piece));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    const output = (name: string, otherwise: string): unknown => {
      try {
        return JSON.parse(readFileSync(join(outputs, name), 'utf8'));
      } catch {
        return JSON.parse(otherwise);
      }
    };
    return {
      code,
      text,
      chunks: output('chunks', '[]') as number[],
      branch: output('branch', '-1') as number,
    };
  } finally {
    rmSync(outputs, { recursive: true, force: true });
  }
}

/** All steps, one after the other, and the exit handler; what needs a step that failed is left out. */
export async function carryOut(plan: Plan, done: readonly string[], engine: Engine): Promise<void> {
  const succeeded = new Set(done);
  const images = Object.fromEntries(plan.steps.map(({ step }) => [step.name, 'here']));
  const early = earlySplits(plan.pipeline, images, {});
  /** By step: chunks into which the pod of the step before has divided its items. */
  const divided = new Map<string, number[]>();
  let hasFailed = false;
  for (const { step, needs } of plan.steps) {
    const { next } = early(step.name);
    const isKnown = succeeded.has(step.name) && (next === undefined || succeeded.has(next));
    if (isKnown || !needs.every((name) => succeeded.has(name))) continue;
    if (next !== undefined) {
      const { code, chunks } = await runPod(['program', step.name, '0', next], engine);
      divided.set(next, chunks);
      if (code === 0) succeeded.add(step.name);
      else hasFailed = true;
    } else if (await runStep(step, engine, divided.get(step.name))) succeeded.add(step.name);
    else hasFailed = true;
  }
  const { code, text } = await runPod(['end'], {
    ...engine,
    env: { ...engine.env, TAGFLOW_STATUS: hasFailed ? 'Failed' : 'Succeeded', TAGFLOW_FAILURES: '[]' },
  });
  if (code !== 0) throw new Error(text);
}

async function runStep({ name, programs }: Step, engine: Engine, divided?: number[]): Promise<boolean> {
  for (let segment = 0; segment < programs.length; segment++) {
    const { kind, splits } = programs[segment]!;
    if (kind === 'nested') break;
    const isDivided = segment === 0 && divided;
    const { code, chunks, branch } = isDivided
      ? { code: 0, chunks: divided, branch: -1 }
      : await runPod(['program', name, String(segment)], engine);
    if (code !== 0) return false;
    if (kind === 'condition') {
      if (branch < 0) return true;
      return (await runPod(['program', name, String(segment + 1 + branch)], engine)).code === 0;
    }
    if (!splits) continue;
    segment++;
    const items = chunks.map((chunk) => runPod(['items', name, String(segment), String(chunk)], engine));
    if ((await Promise.all(items)).some(({ code }) => code !== 0)) return false;
  }
  return true;
}
