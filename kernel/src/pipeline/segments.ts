/**
 * Loops and conditions are plain code: a step that holds a `foreach` as a whole statement, or is a single `if`, is cut
 * into segments, each a program of its own. All other steps have one segment.
 */
import type { Program } from '@tagflow/schema';
import type { Branches, ForeachCall } from '../language/facts.js';
import type { Code, PlacedUnit } from './code.js';
import { partOf, withReplaced } from './parts.js';

export type SegmentKind = Program['kind'];

/** A piece of a step as it is cut out; what flows in and out of it is found by `dataflow`. */
export interface Cut {
  kind: SegmentKind;
  /** Its statements, in order. */
  own: PlacedUnit[];
  /** It begins with the results of the `foreach` before it. */
  collects: boolean;
  /** It ends with the items of the `foreach` after it. */
  splits: boolean;
  /** The `foreach` whose body it is. */
  foreach?: { unit: PlacedUnit; call: ForeachCall };
}

/** @param own the step's statements, without declarations that only go where they are used */
export function cutSegments(own: readonly PlacedUnit[], code: Code): Cut[] {
  return cutAtBranches(own) ?? cutAtForeach(own, code);
}

/** A step that is an `if`, besides variables that it gives their first values. */
function cutAtBranches(own: readonly PlacedUnit[]): Cut[] | undefined {
  const last = own.at(-1);
  const first = own.slice(0, -1);
  if (!last?.branches || !first.every(({ initial }) => initial)) return undefined;
  const { branches } = last.branches;
  const cut = (kind: SegmentKind, units: PlacedUnit[]): Cut => ({
    kind,
    own: units,
    collects: false,
    splits: false,
  });
  return [
    cut('condition', [...first, ...conditionParts(last, last.branches)]),
    ...branches.map((branch) => cut('branch', [partOf(last, branch)])),
  ];
}

/** Each condition is asked only while none before it was true. */
function conditionParts(unit: PlacedUnit, { conditions, branches }: Branches): PlacedUnit[] {
  return conditions.map((condition, i) => {
    const isLast = i === conditions.length - 1;
    const otherwise =
      isLast && branches.length > conditions.length ? ` if ($x.isOpen) $x.choose(${i + 1}, true)` : '';
    return partOf(unit, condition, `if ($x.isOpen) $x.choose(${i}, (`, `));${otherwise}`);
  });
}

function cutAtForeach(own: readonly PlacedUnit[], code: Code): Cut[] {
  const cuts: Cut[] = [];
  let units: PlacedUnit[] = [];
  let collects = false;
  for (const unit of own) {
    const call = unit.foreach;
    if (!call || !isForeach(call, code) || !isBody(call, code)) {
      units.push(unit);
      continue;
    }
    const { items, body, options } = call;
    const handed = [
      partOf(unit, items, '$x.items(', ')'),
      ...(options ? [partOf(unit, options, '$x.options(', ')')] : []),
    ];
    cuts.push({ kind: collects ? 'join' : 'split', own: [...units, ...handed], collects, splits: true });
    cuts.push({
      kind: 'body',
      own: [partOf(unit, body, 'await $x.each(', ')')],
      collects: false,
      splits: false,
      foreach: { unit, call },
    });
    units = unit.declares.length > 0 ? [withReplaced(unit, call, '$x.results()')] : [];
    collects = true;
  }
  if (units.length > 0 || cuts.length === 0) {
    cuts.push({ kind: collects ? 'join' : 'plain', own: units, collects, splits: false });
  }
  return cuts;
}

/** Whether a call is one of Tagflow's `foreach`, whatever it is called here. */
export function isForeach({ callee, property }: ForeachCall, { variables }: Code): boolean {
  const imported = variables.get(callee)?.units[0]?.import;
  if (imported?.specifier !== 'tagflow') return false;
  return property === undefined
    ? imported.name === 'foreach'
    : property === 'foreach' && (imported.name === '*' || imported.name === 'default');
}

/** A body can go to other processes: it is written there, or a function that travels. */
export function isBody({ inline, bodyOf }: ForeachCall, { variables, travels }: Code): boolean {
  if (inline) return true;
  const named = bodyOf === undefined ? undefined : variables.get(bodyOf);
  return !!named && named.kind !== 'import' && named.kind !== 'class' && travels.has(named.id);
}
