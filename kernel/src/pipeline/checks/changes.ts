import type { Diagnostic } from '@tagflow/schema';
import { type Check, once } from '../findings.js';
import { type Code, type NamedValue, placeOf, type Site } from '../code.js';
import { type Disturbance, segmentsOf, type StepFlow, unitsOf } from '../dataflow.js';
import { diagnose } from '../../diagnostics/table.js';

/** Where a value comes from that an earlier segment of the same step made. */
const OTHER_SEGMENT = 'its own part before the loop or condition';

/** A step changes a value in place that it takes from another step, from a parameter or from setup. */
export const checkChanges: Check = ({ code, flow }) =>
  once(
    segmentsOf(flow).flatMap(({ step, kind, reach, inputs }) =>
      reach.changes.flatMap(({ variable, site }): Diagnostic[] => {
        const { name, home, kind: declared } = code.variables.get(variable) ?? {};
        if (!name || !home || site.unit.home.role === 'setup') return [];
        const values = { step: step.name, name, change: `\`${site.use.change}\`` };
        if (kind === 'body' || kind === 'nested') return [diagnose('TF334', placeOf(site), values)];
        if (home.role === 'setup') return [diagnose('TF307', placeOf(site), values)];
        if (home.role !== 'step' && home.role !== 'parameters') return [];
        const origin = declared === 'import' ? 'a module' : originOf(step, inputs.get(variable));
        return [diagnose('TF304', placeOf(site), { ...values, origin })];
      }),
    ),
  );

function originOf(step: StepFlow, maker: StepFlow | undefined): string {
  if (maker === undefined) return 'the parameters';
  return maker === step ? OTHER_SEGMENT : `step ${maker.name}`;
}

/** A step assigns a name of setup, or uses a function of setup that changes what setup made. */
export const checkSetupState: Check = ({ code, flow }) =>
  once(
    segmentsOf(flow).flatMap(({ step, reach }) => {
      const assigned = [...reach.writes].filter(
        ([variable, { unit }]) =>
          code.variables.get(variable)?.home.role === 'setup' && unit.home.role !== 'setup',
      );
      const inside = [...reach.setup.keys()].flatMap((variable) =>
        stateBehind(code.variables.get(variable)!, code),
      );
      const sites = [...assigned.map(([, site]) => site), ...inside];
      return sites.map((site) => diagnose('TF307', placeOf(site), { step: step.name, name: site.use.name }));
    }),
  );

/** Where the functions behind a name of setup assign or change variables of setup when they are called. */
function stateBehind(start: NamedValue, code: Code): Site[] {
  const sites: Site[] = [];
  const seen = new Set([start]);
  for (const { units } of seen) {
    for (const unit of units) {
      for (const use of unit.uses) {
        const variable = use.variable === undefined ? undefined : code.variables.get(use.variable);
        if (!use.nested || variable?.home.role !== 'setup') continue;
        if (use.write || use.change !== undefined) sites.push({ unit, use });
        seen.add(variable);
      }
    }
  }
  return sites;
}

/** Setup needs the value of a step: it runs before every step. */
export const checkSetupInputs: Check = ({ code, flow }) =>
  once(
    segmentsOf(flow).flatMap(({ reach }) =>
      [...reach.reads, ...reach.writes].flatMap(([variable, site]): Diagnostic[] => {
        const { name, home } = code.variables.get(variable)!;
        if (site.unit.home.role !== 'setup' || home.role !== 'step') return [];
        return [diagnose('TF308', placeOf(site), { name, step: home.step! })];
      }),
    ),
  );

/** An untagged or skipped cell changes or assigns what a step below reads: no pipeline would do that. */
export const checkDisturbances: Check = ({ code, flow }) => {
  const readers = new Map<string, StepFlow[]>();
  for (const step of flow.steps) {
    const setup = step.segments.flatMap(({ reach }) => [...reach.setup.keys()]);
    for (const variable of new Set([...step.inputs.keys(), ...setup])) {
      readers.set(variable, [...(readers.get(variable) ?? []), step]);
    }
  }
  const reader = ({ variable, unit }: Disturbance) =>
    readers.get(variable)?.find(({ cells }) => cells.at(-1)!.rank > unit.home.rank);
  return once(
    flow.disturbances.flatMap((disturbance): Diagnostic[] => {
      const step = reader(disturbance);
      const { name, home } = code.variables.get(disturbance.variable) ?? {};
      if (!step || !name || home?.role === 'none' || home?.role === 'skip') return [];
      if (home?.role === 'parameters' && disturbance.site.use.write) return [];
      return [diagnose('TF305', placeOf(disturbance.site), { name, step: step.name })];
    }),
  );
};

/** A step, or a cell outside every step, changes a global: `Array.prototype.last = …`. */
export const checkGlobals: Check = ({ code, flow }) => {
  const run = new Set(flow.steps.flatMap((step) => unitsOf(step).map(({ order }) => order)));
  return code.units.flatMap((unit) => {
    const { role } = unit.home;
    if (role === 'setup' || role === 'skip') return [];
    return unit.uses
      .filter(
        (use) =>
          use.variable === undefined && use.change !== undefined && (run.has(unit.order) || !use.nested),
      )
      .map((use) =>
        diagnose('TF312', placeOf({ unit, use }), { change: `\`${use.change}\``, name: use.name }),
      );
  });
};

/** A call that is there for its effect on a package, outside setup. */
export const checkPackageState: Check = ({ code }) =>
  code.units.flatMap((unit) =>
    unit.uses.flatMap((use): Diagnostic[] => {
      if (use.variable === undefined || unit.home.role === 'setup' || unit.home.role === 'skip') return [];
      const call = use.configures ?? use.change;
      const specifier = code.variables.get(use.variable)?.units[0]?.import?.specifier;
      if (call === undefined || !specifier || isHarmless(specifier)) return [];
      return [
        diagnose('TF309', placeOf({ unit, use }), {
          call: `\`${call}\``,
          package: specifier,
          name: use.name,
        }),
      ];
    }),
  );

/** Node's own modules and ours are not configured by calls. */
function isHarmless(specifier: string): boolean {
  return /^(node:|tagflow$|tslab$)/.test(specifier) || NODE_MODULES.test(specifier);
}

const NODE_MODULES = /^(fs|path|os|util|child_process|crypto|assert|timers|stream|zlib|perf_hooks)(\/|$)/;
