import type { CellSettings, ValidationError } from '@tagflow/schema';

/** Which settings a validator refused, and why, as the end of a sentence: `must be a string`. */
export function describeProblem(
  errors: readonly ValidationError[] | null | undefined,
): { setting: string; reason: string }[] {
  const reasons = new Map<string, string>();
  for (const { instancePath, keyword, message, params } of errors ?? []) {
    const path = instancePath.split('/').slice(1);
    if (keyword === 'additionalProperties') path.push(String(params.additionalProperty));
    const setting = path.join('.') || '(all)';
    const reason =
      keyword === 'additionalProperties' ? 'is not known' : (message ?? 'is not valid').replaceAll('"', '`');
    if (!reasons.has(setting)) reasons.set(setting, reason);
  }
  return [...reasons].map(([setting, reason]) => ({ setting, reason }));
}

/** A step takes each setting from the first of its cells that gives it, and else from the notebook's defaults. */
export function mergeSettings(layers: readonly CellSettings[]): CellSettings {
  const merged: CellSettings = {};
  for (const layer of [...layers].reverse()) Object.assign(merged, layer);
  return merged;
}
