import { isBuiltin } from 'node:module';
import type { CellSettings, Diagnostic } from '@tagflow/schema';
import { type Unit, variableId } from '../../language/facts.js';
import { type Check, once } from '../findings.js';
import { unitsOf } from '../dataflow.js';
import { placeOf, type PlacedUnit, spanPlace } from '../code.js';
import { diagnose } from '../../diagnostics/table.js';

const LIBRARY = 'tagflow';

/** A promise that is started and not awaited, in a statement of a step or of setup. */
export const checkPromises: Check = ({ flow }) =>
  once(
    flow.steps.flatMap((step) =>
      unitsOf(step).flatMap((unit) =>
        unit.promises.map((span) => diagnose('TF310', spanPlace(unit.home, span))),
      ),
    ),
  );

/** A path relative to the notebook, where a step runs in a folder with nothing in it but declared files. */
export const checkPaths: Check = ({ flow }) =>
  once(
    flow.steps.flatMap((step) => {
      const { settings } = step;
      const units = unitsOf(step);
      const declared = [...(settings.files ?? []), ...units.flatMap((unit) => unit.place.files)].map(
        plainPath,
      );
      const isDeclared = (path: string) =>
        declared.some((file) => file === plainPath(path) || plainPath(path).startsWith(`${file}/`));
      return units.flatMap((unit) =>
        unit.place.paths
          .filter(({ path }) => !isDeclared(path))
          .map(({ path, call, ...span }) =>
            diagnose('TF501', spanPlace(unit.home, span), {
              call: `\`${call}\``,
              path: JSON.stringify(path),
            }),
          ),
      );
    }),
  );

function plainPath(path: string): string {
  return path.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
}

/** An environment variable that a step reads without saying so. */
export const checkEnvironment: Check = ({ flow }) =>
  once(
    flow.steps.flatMap((step) => {
      const { name, settings } = step;
      const units = unitsOf(step);
      const declared = declaredVariables(settings);
      for (const unit of units) for (const variable of unit.place.assigned) declared.add(variable);
      return units.flatMap((unit) =>
        unit.place.environment
          .filter(({ variable }) => !declared.has(variable))
          .map(({ variable, ...span }) =>
            diagnose('TF502', spanPlace(unit.home, span), { step: name, variable }),
          ),
      );
    }),
  );

/** The text of a function is what became of its code on the way to where it runs. */
export const checkTexts: Check = ({ code, flow }) =>
  once(
    flow.steps.flatMap((step) =>
      unitsOf(step).flatMap((unit) =>
        unit.uses.flatMap((use): Diagnostic[] => {
          const value = use.variable === undefined ? undefined : code.variables.get(use.variable);
          if (!use.asText || !value?.units.some(isCode)) return [];
          return [diagnose('TF504', placeOf({ unit, use }), { name: use.name })];
        }),
      ),
    ),
  );

/** Whether it declares a function or a class. */
function isCode({ kind, parameters }: Unit): boolean {
  return kind === 'class' || kind === 'function' || parameters !== undefined;
}

/** A function that is no part of the language, and is there in some places. */
export const checkRequire: Check = ({ flow }) =>
  once(
    flow.steps.flatMap((step) =>
      unitsOf(step).flatMap((unit) =>
        unit.uses
          .filter(({ name, variable }) => name === 'require' && variable === undefined)
          .map((use) => diagnose('TF505', placeOf({ unit, use }), { step: step.name })),
      ),
    ),
  );

/**
 * Imports of which no name is used: the notebook loads the module, and no step does. What only Node or Tagflow brings
 * does nothing when it is loaded.
 */
export const checkUnused: Check = ({ code, flow }) => {
  if (flow.steps.length === 0) return [];
  const used = new Set(code.units.flatMap(({ uses }) => uses.map(({ variable }) => variable)));
  const isUsed = ({ cell, declares }: PlacedUnit): boolean =>
    declares.length === 0 || declares.some(({ name }) => used.has(variableId(cell, name)));
  return code.cells
    .filter(({ role }) => role !== 'skip')
    .flatMap((home) => {
      const imports = home.units.filter((unit) => unit.import && !isBuiltin(unit.import.specifier));
      const loaded = new Set(imports.filter(isUsed).map((unit) => unit.import!.specifier));
      return imports
        .filter((unit) => unit.import!.specifier !== LIBRARY && !loaded.has(unit.import!.specifier))
        .filter(
          ({ import: one }, i, all) =>
            all.findIndex((each) => each.import!.specifier === one!.specifier) === i,
        )
        .map((unit) =>
          diagnose('TF506', spanPlace(home, unit), { specifier: JSON.stringify(unit.import!.specifier) }),
        );
    });
};

/** `TZ` is the same everywhere. */
function declaredVariables({ env, envFrom, secrets }: CellSettings): Set<string> {
  return new Set(['TZ', ...Object.keys(env ?? {}), ...(envFrom ?? []), ...(secrets ?? [])]);
}

/** A local file that asks where it lies. */
export const checkPlacedFiles: Check = ({ flow }) =>
  once(
    flow.steps.flatMap((step) =>
      unitsOf(step).flatMap(({ home, place }) =>
        place.placed.map(({ files, ...span }) =>
          diagnose('TF508', spanPlace(home, span), {
            step: step.name,
            asked: files.map(({ path, line, text }) => `\`${text}\` in ${path}, line ${line}`).join('; '),
          }),
        ),
      ),
    ),
  );

/** An import of what is computed: neither the bundle nor an image can have it. */
export const checkImports: Check = ({ flow }) =>
  once(
    flow.steps.flatMap((step) =>
      unitsOf(step).flatMap(({ home, dynamicImports }) =>
        dynamicImports
          .filter(({ specifier }) => specifier === undefined)
          .map((span) => diagnose('TF503', spanPlace(home, span), { step: step.name })),
      ),
    ),
  );
