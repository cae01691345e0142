/**
 * The tag grammar. Tags are JupyterLab's own (`metadata.tags`); this file is the only place that reads or writes them.
 *
 *     step:NAME    part of step NAME
 *     parameters   its constants are the pipeline's parameters
 *     setup        runs once in every process that uses something it declares
 *     skip         never part of the pipeline
 */
import type { CellRole } from './generated/types.js';

/** What a cell's tags say. `problem` names the tag that could not be read and why. */
export interface CellTag {
  role: CellRole;
  step?: string;
  problem?: TagProblem;
}

export type TagProblem =
  | { kind: 'not-a-list' }
  | { kind: 'not-a-string'; tag: unknown }
  | { kind: 'bad-step-name'; tag: string }
  | { kind: 'several-roles'; tags: string[] };

export const STEP_PREFIX = 'step:';

/** A step's name is a lower-case DNS label of at most 40 characters, so that every place can use it as it is. */
export const STEP_NAME = /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const PLAIN_ROLES = new Set<string>(['parameters', 'setup', 'skip']);

/** papermill puts the values it was given into a cell with this tag, after the cell tagged `parameters`. */
export const INJECTED_PARAMETERS = 'injected-parameters';

/** Whether a tag means something to Tagflow; all others belong to somebody else and are left alone. */
export function isRoleTag(tag: unknown): tag is string {
  return (
    typeof tag === 'string' &&
    (tag.startsWith(STEP_PREFIX) || PLAIN_ROLES.has(tag) || tag === INJECTED_PARAMETERS)
  );
}

/** Reads `metadata.tags` of a cell. Never throws: what is wrong is in `problem`, and the cell then has no role. */
export function parseTags(tags: unknown): CellTag {
  if (tags === undefined || tags === null) return { role: 'none' };
  if (!Array.isArray(tags)) return { role: 'none', problem: { kind: 'not-a-list' } };
  const strange = tags.find((tag) => typeof tag !== 'string');
  if (strange !== undefined) return { role: 'none', problem: { kind: 'not-a-string', tag: strange } };
  const roles = [...new Set(tags.filter(isRoleTag))];
  if (roles.length === 0) return { role: 'none' };
  if (roles.length > 1) return { role: 'none', problem: { kind: 'several-roles', tags: roles } };
  const tag = roles[0]!;
  if (!tag.startsWith(STEP_PREFIX)) {
    return { role: tag === INJECTED_PARAMETERS ? 'parameters' : (tag as CellRole) };
  }
  const step = tag.slice(STEP_PREFIX.length);
  if (!STEP_NAME.test(step)) return { role: 'none', problem: { kind: 'bad-step-name', tag } };
  return { role: 'step', step };
}

/** The cell's tags with its role replaced; other people's tags keep their order. */
export function withRole(tags: readonly string[], tag: Pick<CellTag, 'role' | 'step'>): string[] {
  const others = tags.filter((other) => !isRoleTag(other));
  if (tag.role === 'none') return others;
  return [...others, tag.role === 'step' ? STEP_PREFIX + (tag.step ?? '') : tag.role];
}
