import type { Diagnostic } from '@tagflow/schema';
import type { DeclarationKind } from '../../language/facts.js';
import { type Check, once } from '../findings.js';
import { segmentsOf } from '../dataflow.js';
import { placeOf, type PlacedUnit, staysBecause } from '../code.js';
import { diagnose } from '../../diagnostics/table.js';

/** A step needs what an untagged or a skipped cell makes. */
export const checkMissing: Check = ({ code, flow }) =>
  once(
    segmentsOf(flow).flatMap(({ step, reach }) =>
      [...reach.missing].map(([variable, site]) => {
        const missing = code.variables.get(variable)!;
        const { name, kind, home } = missing;
        const why = isVariable(kind)
          ? ''
          : `: ${withArticle(kind)} that does not travel, because ${staysBecause(missing, code)}`;
        const values = { step: step.name, name, why };
        return diagnose(home.role === 'skip' ? 'TF302' : 'TF301', placeOf(site), values);
      }),
    ),
  );

/** A step reads a value of another step that does not flow: a declaration that stays, or one not made before. */
export const checkUnmade: Check = ({ code, flow }) =>
  segmentsOf(flow).flatMap(({ step, reach, unmade }) =>
    [...reach.reads].flatMap(([variable, site]): Diagnostic[] => {
      const value = code.variables.get(variable)!;
      const { name, kind, home } = value;
      if (home.role !== 'step') return [];
      if (isVariable(kind)) {
        const isLater = home.step === step.name && unmade.has(variable);
        return isLater ? [diagnose('TF336', placeOf(site), { step: step.name, name })] : [];
      }
      const reason = staysBecause(value, code);
      return [diagnose('TF402', placeOf(site), { step: step.name, name, what: withArticle(kind), reason })];
    }),
  );

function withArticle(kind: DeclarationKind): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

function isVariable(kind: DeclarationKind): boolean {
  return /^(const|let|var|using)$/.test(kind);
}

/** `using` is disposed of when its cell ends; in a program, cells are one scope. */
export const checkUsing: Check = ({ flow }) =>
  segmentsOf(flow).flatMap(({ own }) =>
    own.flatMap((unit) => (unit.before.includes('using') ? [diagnose('TF311', placeOf({ unit }))] : [])),
  );

/** Two classes of one name with the same text, as a cell that was copied has: instances are known by these alone. */
export const checkTwins: Check = ({ flow }) =>
  once(
    segmentsOf(flow).flatMap(({ taken }) => {
      const classes = taken.filter(({ digest }) => digest !== undefined);
      const isTwin = (unit: PlacedUnit, i: number) =>
        classes.slice(0, i).some((other) => other.digest === unit.digest && nameOf(other) === nameOf(unit));
      return classes
        .filter(isTwin)
        .map((unit) => diagnose('TF313', placeOf({ unit }), { name: nameOf(unit)! }));
    }),
  );

function nameOf({ declares }: PlacedUnit): string | undefined {
  return declares[0]?.name;
}
