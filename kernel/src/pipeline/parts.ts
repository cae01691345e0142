import type { ForeachCall, Piece, Span, Unit } from '../language/facts.js';
import type { PlacedUnit } from './code.js';

type Replacement = NonNullable<Unit['replaced']>[number];

/**
 * A piece of a statement, as a statement of its own. It declares nothing.
 * @param replaced pieces of it in whose place another text stands
 */
export function partOf(
  unit: PlacedUnit,
  span: Piece,
  before = '',
  after = '',
  replaced: readonly Replacement[] = [],
): PlacedUnit {
  const inside = (each: Span) =>
    each.start >= span.start && each.end <= span.end && !replaced.some((other) => overlaps(each, other));
  return {
    ...filtered(unit, inside),
    kind: 'statement',
    start: span.start,
    end: span.end,
    normal: [before, span.normal, ...replaced.map(({ text }) => text), after].join(''),
    before,
    after,
    declares: [],
    data: false,
    mutable: false,
    literal: undefined,
    foreach: undefined,
    branches: undefined,
    replaced: [...replaced],
  };
}

/** The declaration of a loop's results in which another text stands for the loop. */
export function withReplaced(unit: PlacedUnit, span: ForeachCall, text: string): PlacedUnit {
  return {
    ...filtered(unit, (each) => !overlaps(each, span)),
    normal: `${unit.before}${span.takes}${text}`,
    replaced: [{ start: span.start, end: span.end, text }],
    foreach: undefined,
  };
}

function filtered(unit: PlacedUnit, isKept: (span: Span) => boolean): PlacedUnit {
  const { place } = unit;
  return {
    ...unit,
    fact: undefined,
    uses: unit.uses.filter(isKept),
    ...(unit.angles && { angles: unit.angles.filter(isKept) }),
    dynamicImports: unit.dynamicImports.filter(isKept),
    promises: unit.promises.filter(isKept),
    place: {
      ...place,
      paths: place.paths.filter(isKept),
      environment: place.environment.filter(isKept),
      placed: place.placed.filter(isKept),
    },
  };
}

function overlaps(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}
