/**
 * Loops and conditions are plain code: a step that holds a `foreach` as a whole statement, or is a single `if`, is cut
 * into segments, each a program of its own. All other steps have one segment.
 */
import type { Program } from '@tagflow/schema';
import type { Branches, ForeachCall, NestedCall } from '../language/facts.js';
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
  /** Of a body: it may look at the index of its item. */
  indexed?: boolean;
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
  const isLoop = ({ foreach }: PlacedUnit) => !!foreach && isForeach(foreach, code) && isBody(foreach, code);
  const loops = own.filter(isLoop);
  const last = own.at(-1);
  const isTail = !last || !isLoop(last) || last.declares.length > 0;
  // Loops in loops come after all else: who follows the programs one by one does not come to them.
  const nested = new NestedCuts(code, 2 * loops.length + (isTail ? 1 : 0));
  const cuts: Cut[] = [];
  let units: PlacedUnit[] = [];
  let collects = false;
  for (const unit of own) {
    if (!isLoop(unit)) {
      units.push(unit);
      continue;
    }
    const call = unit.foreach!;
    const { items, body, options } = call;
    const handed = [
      partOf(unit, items, '$x.items(', ')'),
      ...(options ? [partOf(unit, options, '$x.options(', ')')] : []),
    ];
    cuts.push({ kind: collects ? 'join' : 'split', own: [...units, ...handed], collects, splits: true });
    cuts.push({
      kind: 'body',
      own: [partOf(unit, body, 'await $x.each(', ')', nested.cut(unit, call.nested))],
      collects: false,
      splits: false,
      indexed: isIndexed(call, code),
      foreach: { unit, call },
    });
    units = unit.declares.length > 0 ? [withReplaced(unit, call, '$x.results()')] : [];
    collects = true;
  }
  if (isTail) cuts.push({ kind: collects ? 'join' : 'plain', own: units, collects, splits: false });
  return [...cuts, ...nested.cuts];
}

/** Loops in the bodies of loops: each has a program, and the body around it asks for it by its number. */
class NestedCuts {
  readonly cuts: Cut[] = [];

  constructor(
    private readonly code: Code,
    /** Number of the first. */
    private readonly first: number,
  ) {}

  /** @returns what stands in the place of the calls */
  cut(unit: PlacedUnit, calls: readonly NestedCall[]): { start: number; end: number; text: string }[] {
    return calls
      .filter((call) => isForeach(call, this.code) && isBody(call, this.code))
      .map((call) => {
        const cut: Cut = { kind: 'nested', own: [], collects: false, splits: false };
        const number = this.first + this.cuts.push(cut) - 1;
        const locals = call.captures.map((name) => `const ${name} = $x.local("${name}"); `).join('');
        const guards = call.captures.map((name) => `$x.guard("${name}", () => ${name}); `).join('');
        const inner = this.cut(unit, call.nested);
        cut.own = [partOf(unit, call.body, `{ ${locals}${guards}await $x.each(`, '); }', inner)];
        cut.indexed = isIndexed(call, this.code);
        const captured = call.captures.map((name) => `${name}: () => ${name}`).join(', ');
        return { ...call.head, text: `$x.spread(${number}, { ${captured} }, ` };
      });
  }
}

/** Whether a call is one of Tagflow's `foreach`, whatever it is called here. */
export function isForeach(
  { callee, property }: Pick<ForeachCall, 'callee' | 'property'>,
  { variables }: Code,
): boolean {
  const imported = variables.get(callee)?.units[0]?.import;
  if (imported?.specifier !== 'tagflow') return false;
  return property === undefined
    ? imported.name === 'foreach'
    : property === 'foreach' && (imported.name === '*' || imported.name === 'default');
}

/** A body can go to other processes: it is written there, or a function that travels. */
export function isBody(
  { inline, bodyOf }: Pick<ForeachCall, 'inline' | 'bodyOf'>,
  { variables, travels }: Code,
): boolean {
  if (inline) return true;
  const named = bodyOf === undefined ? undefined : variables.get(bodyOf);
  return !!named && named.kind !== 'import' && named.kind !== 'class' && travels.has(named.id);
}

/** Whether the body of a `foreach` may look at the index of its item. */
function isIndexed({ indexed, bodyOf }: Pick<ForeachCall, 'indexed' | 'bodyOf'>, code: Code): boolean {
  const named = bodyOf === undefined ? undefined : code.variables.get(bodyOf);
  // Of a name for another name, or an object's member, nothing is known.
  return named ? named.units.some((unit) => unit.indexed !== false) : indexed;
}
