import type { ForeachCall, Piece, Span, Unit } from '../language/facts.js';
import type { PlacedUnit } from './code.js';

/** A piece of a statement, as a statement of its own. It declares nothing. */
export function partOf(unit: PlacedUnit, span: Piece, before = '', after = ''): PlacedUnit {
  const inside = (each: Span) => each.start >= span.start && each.end <= span.end;
  const { place } = unit;
  return {
    ...unit,
    kind: 'statement',
    start: span.start,
    end: span.end,
    normal: `${before}${span.normal}${after}`,
    before,
    after,
    declares: [],
    uses: unit.uses.filter(inside),
    dynamicImports: unit.dynamicImports.filter(inside),
    promises: unit.promises.filter(inside),
    place: { ...place, paths: place.paths.filter(inside), environment: place.environment.filter(inside) },
    data: false,
    mutable: false,
    literal: undefined,
    foreach: undefined,
    branches: undefined,
  };
}

/** The declaration of a loop's results in which another text stands for the loop. */
export function withReplaced(unit: PlacedUnit, span: ForeachCall, text: string): PlacedUnit {
  const outside = (each: Span) => each.end <= span.start || each.start >= span.end;
  const { place } = unit;
  const replaced: Unit['replaced'] = { start: span.start, end: span.end, text };
  return {
    ...unit,
    normal: `${unit.before}${span.takes}${text}`,
    replaced,
    uses: unit.uses.filter(outside),
    dynamicImports: unit.dynamicImports.filter(outside),
    promises: unit.promises.filter(outside),
    place: { ...place, paths: place.paths.filter(outside), environment: place.environment.filter(outside) },
    foreach: undefined,
  };
}
