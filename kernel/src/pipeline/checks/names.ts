import type { Diagnostic } from '@tagflow/schema';
import type { Check } from '../findings.js';
import { placeOf } from '../code.js';
import { diagnose } from '../diagnostics.js';

/** A step needs what an untagged or a skipped cell makes. */
export const checkMissing: Check = ({ code, flow }) =>
  flow.steps.flatMap((step) =>
    [...step.reach.missing].map(([variable, site]) => {
      const { name, home } = code.variables.get(variable)!;
      return diagnose(home.role === 'skip' ? 'TF302' : 'TF301', placeOf(site), { step: step.name, name });
    }),
  );

/** A step reads a value of another step that does not flow: a declaration that stays, or one not made before. */
export const checkUnmade: Check = ({ code, flow }) =>
  flow.steps.flatMap((step) =>
    [...step.reach.reads].flatMap(([variable, site]): Diagnostic[] => {
      const { name, kind, home, units } = code.variables.get(variable)!;
      if (home.role !== 'step' || home.step === step.name) return [];
      if (/^(const|let|var)$/.test(kind)) return [];
      const reason = units.find(({ stays }) => stays !== undefined)?.stays ?? 'the notebook changes it';
      return [diagnose('TF402', placeOf(site), { step: step.name, name, kind, reason })];
    }),
  );

/** `using` is disposed of when its cell ends; in a program, cells are one scope. */
export const checkUsing: Check = ({ flow }) =>
  flow.steps.flatMap(({ own }) =>
    own.flatMap((unit) => (unit.before.includes('using') ? [diagnose('TF311', placeOf({ unit }))] : [])),
  );
