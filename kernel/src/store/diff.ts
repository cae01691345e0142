/** What differs between two runs: parameters, code, artifacts. Pure. */
import type {
  Artifact,
  ArtifactDiff,
  ArtifactFacts,
  CodeDiff,
  CodeUnit,
  DiffLine,
  ParameterDiff,
  Run,
  RunDiff,
  RunHead,
  StepDiff,
} from '@tagflow/schema';
import { diffLines } from './diff-lines.js';
import { diffNumbers, diffValues } from './diff-value.js';

type Change = ParameterDiff['change'];

export interface RunWithCode {
  run: Run;
  code: readonly CodeUnit[];
}

/** @param values by digest, as far as they are to be compared: of others, type, size and digest are */
export function diffRuns(from: RunWithCode, to: RunWithCode, values: ReadonlyMap<string, unknown>): RunDiff {
  const artifacts = pairs(artifactsOf(from.run), artifactsOf(to.run));
  return {
    from: headOf(from.run),
    to: headOf(to.run),
    parameters: diffParameters(from.run.parameters, to.run.parameters),
    ...diffCode(from.code, to.code),
    steps: diffSteps(from.run, to.run),
    artifacts: artifacts.map(([a, b]) => diffArtifact(a, b, values)),
    metrics: artifacts.flatMap(([a, b]) => {
      if (!a || !b) return [];
      const [before, after] = [values.get(a.artifact.digest), values.get(b.artifact.digest)];
      if (typeof before !== 'number' || typeof after !== 'number') return [];
      return [{ step: b.step, name: b.artifact.name, ...diffNumbers(before, after) }];
    }),
  };
}

export function diffParameters(from: Run['parameters'], to: Run['parameters']): ParameterDiff[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].map((name) => {
    const before = Object.hasOwn(from, name) ? { from: from[name] } : undefined;
    const after = Object.hasOwn(to, name) ? { to: to[name] } : undefined;
    const equal = JSON.stringify(before?.from) === JSON.stringify(after?.to);
    return { name, change: changeOf(before, after, equal), ...before, ...after };
  });
}

export function diffCode(
  from: readonly CodeUnit[],
  to: readonly CodeUnit[],
): Pick<RunDiff, 'code' | 'reordered'> {
  const [before, after] = [
    new Map(from.map((unit) => [unit.id, unit])),
    new Map(to.map((unit) => [unit.id, unit])),
  ];
  const removed = from.filter(({ id }) => !after.has(id));
  const code = [...to, ...removed].flatMap((unit): CodeDiff[] => {
    const [a, b] = [before.get(unit.id), after.get(unit.id)];
    const change = changeOf(a, b, a?.text === b?.text);
    if (change === 'equal') return [];
    const all = (each: DiffLine['change']): DiffLine[] =>
      unit.text.split('\n').map((text) => ({ change: each, text }));
    const lines = a && b ? diffLines(a.text, b.text) : all(a ? 'removed' : 'added');
    return [{ id: unit.id, title: unit.title, change, lines }];
  });
  const common = (units: readonly CodeUnit[], other: ReadonlyMap<string, CodeUnit>): string =>
    JSON.stringify(units.flatMap(({ id }) => (other.has(id) ? [id] : [])));
  return { code, reordered: common(from, after) !== common(to, before) };
}

function diffSteps(from: Run, to: Run): StepDiff[] {
  const [before, after] = [from, to].map((run) => new Map(run.steps.map(({ name, state }) => [name, state])));
  return [...new Set([...before!.keys(), ...after!.keys()])]
    .filter((name) => before!.get(name) !== after!.get(name))
    .map((name) => {
      const [a, b] = [before!.get(name), after!.get(name)];
      return { name, ...(a ? { from: a } : {}), ...(b ? { to: b } : {}) };
    });
}

function diffArtifact(
  from: Placed | undefined,
  to: Placed | undefined,
  values: ReadonlyMap<string, unknown>,
): ArtifactDiff {
  const [a, b] = [from?.artifact, to?.artifact];
  const change = changeOf(a, b, a?.digest === b?.digest && a?.type === b?.type);
  return {
    step: (to ?? from)!.step,
    name: (b ?? a)!.name,
    change,
    ...(a ? { from: factsOf(a) } : {}),
    ...(b ? { to: factsOf(b) } : {}),
    ...(a && b && a.digest !== b.digest ? diffValues(values.get(a.digest), values.get(b.digest)) : {}),
  };
}

interface Placed {
  step: string;
  artifact: Artifact;
}

function artifactsOf(run: Run): Map<string, Placed> {
  return new Map(
    run.steps.flatMap(({ name: step, outputs }) =>
      outputs.map((artifact) => [`${step} ${artifact.name}`, { step, artifact }]),
    ),
  );
}

/** In the order of the second run; what only the first has comes last. */
function pairs<T>(
  from: ReadonlyMap<string, T>,
  to: ReadonlyMap<string, T>,
): [T | undefined, T | undefined][] {
  return [...new Set([...to.keys(), ...from.keys()])].map((key) => [from.get(key), to.get(key)]);
}

function changeOf(from: unknown, to: unknown, equal: boolean): Change {
  if (from === undefined) return 'added';
  if (to === undefined) return 'removed';
  return equal ? 'equal' : 'changed';
}

function factsOf({ digest, size, type }: Artifact): ArtifactFacts {
  return { digest, size, type };
}

function headOf({ id, pipeline, notebook, state, created, ended, user, git }: Run): RunHead {
  return {
    id,
    pipeline,
    ...(notebook === undefined ? {} : { notebook }),
    state,
    created,
    ...(ended === undefined ? {} : { ended }),
    user,
    ...(git ? { git } : {}),
  };
}
