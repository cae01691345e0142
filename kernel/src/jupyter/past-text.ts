/** Past runs as an editor shows them: what could stand at a place, and what is known about what does. */
import {
  type Artifact,
  instantText,
  namesShown,
  oneLine,
  type Run,
  shownType,
  sizeText,
  type StepRun,
} from '@tagflow/schema';
import type { Inspection, PastName } from '../language/messages.js';

export interface PastItem {
  text: string;
  /** Shown beside it. */
  type: string;
}

/** JupyterLab measures its list before it breaks lines in it. */
const NO_BREAK = '\u00a0';

/** Types that are longer are shown cut, in characters. */
const SHOWN = 60;
/** Types that are longer are not offered to be inserted. */
const INSERTED = 300;

/**
 * What could stand at a place, as it would be written there, from the newest run on.
 * @param runs newest first
 */
export function pastItems(past: PastName, runs: readonly Run[]): PastItem[] {
  const items = new Map<string, PastItem>();
  for (const { text, type } of ITEMS[past.kind](past, runs)) {
    if (!items.has(text)) items.set(text, { text, type: type.replaceAll(' ', NO_BREAK) });
  }
  return [...items.values()];
}

const ITEMS: Record<PastName['kind'], (past: PastName, runs: readonly Run[]) => PastItem[]> = {
  pipeline: (past, runs) => runs.map((run) => ({ text: written(past, run.pipeline), type: stateText(run) })),
  run: (past, runs) =>
    runs.map((run) => ({ text: written(past, run.id), type: `${stateText(run)} ${run.pipeline}` })),
  step: (past, runs) =>
    stepsOf(runs).map(({ step: { name, state } }) => ({ text: written(past, name), type: state })),
  artifact: (past, runs) =>
    artifactsOf(past, runs).map(({ artifact: { name, type } }) => ({
      text: written(past, name),
      type: shown(type),
    })),
  type: (past, runs) =>
    typesOf(past, runs)
      .filter(({ name }) => past.artifact === undefined || name === past.artifact)
      .map(({ type, name }) => ({ text: type, type: name })),
  call: (past, runs) =>
    typesOf(past, runs).map(({ type, name }) => ({ text: `artifact<${type}>('${name}')`, type: 'method' })),
  rest: (past, runs) =>
    typesOf(past, runs).map(({ type, name }) => ({ text: `${type}>('${name}')`, type: 'method' })),
};

/**
 * What is known about what stands at a place; undefined if no run has it.
 * @param runs newest first
 */
export function pastText(past: PastName, runs: readonly Run[]): Inspection | undefined {
  const [run] = runs;
  if (!run) return undefined;
  if (past.kind === 'artifact') {
    const found = artifactsOf(past, runs).find(({ artifact }) => artifact.name === past.text);
    return found && artifactText(found);
  }
  if (past.kind === 'step') {
    const found = stepsOf(runs).find(({ step }) => step.name === past.text);
    return found && stepText(found);
  }
  return past.kind === 'pipeline' || past.kind === 'run' ? runText(run) : undefined;
}

interface PlacedStep {
  run: Run;
  step: StepRun;
}

interface PlacedArtifact extends PlacedStep {
  artifact: Artifact;
}

function stepsOf(runs: readonly Run[]): PlacedStep[] {
  return runs.flatMap((run) => run.steps.map((step) => ({ run, step })));
}

function artifactsOf({ step: wanted }: PastName, runs: readonly Run[]): PlacedArtifact[] {
  return stepsOf(runs)
    .filter(({ step }) => wanted === undefined || step.name === wanted)
    .flatMap(({ run, step }) => step.outputs.map((artifact) => ({ run, step, artifact })));
}

/** Names and ids hold no character that quotation marks of any kind would mind. */
function written({ text, missing = '' }: PastName, name: string): string {
  return text === undefined ? `'${name}'` : name + missing;
}

/** Artifacts with their types as they may be written there. */
function typesOf(past: PastName, runs: readonly Run[]): { name: string; type: string }[] {
  return artifactsOf(past, runs).flatMap(({ artifact: { name, type: full } }) => {
    const type = writtenType(full, past.types ?? []);
    return type === undefined || type.length > INSERTED ? [] : { name, type };
  });
}

/** By name where the notebook declares it, else in full; the declarations of a recursive type cannot stand there. */
function writtenType(type: string, declared: readonly string[]): string | undefined {
  if (namesShown(type).every((name) => declared.includes(name))) return shownType(type);
  return type.startsWith('type ') ? undefined : type;
}

function shown(type: string): string {
  return oneLine(shownType(type), SHOWN);
}

function stateText({ state, created }: Run): string {
  return `${state} ${instantText(created)}`;
}

function artifactText({ run, step, artifact }: PlacedArtifact): Inspection {
  const { name, type, size, preview } = artifact;
  const source = `Artifact of step ${step.name} in run ${run.id} of ${run.pipeline}, ${stateText(run)}. ${sizeText(size)}.`;
  return inspection(`${name}: ${shownType(type)}`, source, preview.text);
}

function stepText({ run, step }: PlacedStep): Inspection {
  const source = `Step of run ${run.id} of ${run.pipeline}: ${step.state}.`;
  const artifacts = step.outputs.map(({ name, type }) => `${name}: ${shown(type)}`);
  return inspection(step.name, source, artifacts.join('\n'));
}

function runText(run: Run): Inspection {
  const parameters = Object.entries(run.parameters).map(
    ([name, value]) => `${name} = ${oneLine(JSON.stringify(value), SHOWN)}`,
  );
  const steps = run.steps.map(({ name, state }) => `${name}: ${state}`);
  return inspection(
    run.id,
    `Run of ${run.pipeline}, ${stateText(run)}.`,
    [...parameters, ...steps].join('\n'),
  );
}

function inspection(title: string, source: string, content: string): Inspection {
  const code = (text: string): string => text.replace(/^/gm, '    ');
  return {
    found: true,
    text: [title, source, content].filter(Boolean).join('\n\n'),
    markdown: [code(title), source, content && code(content)].filter(Boolean).join('\n\n'),
  };
}
