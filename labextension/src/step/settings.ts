/** Settings of a step as text in the form's fields, and back. What is empty is not set. */
import type { CellSettings } from '@tagflow/schema';

/** Names, separated by commas or line ends. */
export function readNames(text: string): string[] | undefined {
  const names = text
    .split(/[,\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length > 0 ? names : undefined;
}

export function namesText(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : text(value);
}

/** Variables, one a line, as `NAME=value`. */
export function readVariables(text: string): Record<string, string> | undefined {
  const variables = text.split('\n').flatMap((line): [string, string][] => {
    const at = line.indexOf('=');
    const name = (at < 0 ? line : line.slice(0, at)).trim();
    return name === '' ? [] : [[name, at < 0 ? '' : line.slice(at + 1)]];
  });
  return variables.length > 0 ? Object.fromEntries(variables) : undefined;
}

export function variablesText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return text(value);
  return Object.entries(value)
    .map(([name, one]) => `${name}=${text(one)}`)
    .join('\n');
}

/** What stands for a run of a step: what its code suggests, always, never, or for some time. */
export type CacheChoice = 'code' | 'always' | 'never' | 'limited';

export function cacheChoice(value: unknown): CacheChoice {
  if (value === undefined) return 'code';
  if (typeof value === 'boolean') return value ? 'always' : 'never';
  return 'limited';
}

export function cacheAge(value: unknown): string {
  const age = typeof value === 'object' && value !== null ? (value as { maxAge?: unknown }).maxAge : value;
  return typeof age === 'string' ? age : '';
}

export function readCache(choice: CacheChoice, age: string): CellSettings['cache'] {
  switch (choice) {
    case 'code':
      return undefined;
    case 'limited':
      return { maxAge: age };
    default:
      return choice === 'always';
  }
}

/** `2`, or `2 amd.com/gpu`. What is no number is kept for the kernel to complain of. */
export function readGpu(text: string): CellSettings['gpu'] {
  const [count = '', name] = text.trim().split(/\s+/);
  if (count === '') return undefined;
  return { count: /^\d+$/.test(count) ? Number(count) : (count as never), ...(name ? { name } : {}) };
}

export function gpuText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return text(value);
  const { count, name } = value as { count?: unknown; name?: unknown };
  return [text(count), text(name)].filter((part) => part !== '').join(' ');
}

type Tolerations = NonNullable<CellSettings['tolerations']>;

/** One a line, as kubectl writes taints: `key=value:NoSchedule`, `key:NoSchedule`, `key`. */
export function readTolerations(text: string): Tolerations | undefined {
  const lines = linesOf(text).map((line): Tolerations[number] => {
    const [, key = '', value, effect] = /^([^=:]*)(?:=([^:]*))?(?::(.*))?$/.exec(line) ?? [];
    return {
      ...(key === '' ? {} : { key }),
      ...(value === undefined ? { operator: 'Exists' } : { value }),
      ...(effect ? { effect: effect as Tolerations[number]['effect'] } : {}),
    };
  });
  return lines.length > 0 ? lines : undefined;
}

export function tolerationsText(value: unknown): string {
  if (!Array.isArray(value)) return text(value);
  return (value as Tolerations)
    .map(
      (each) =>
        `${each.key ?? ''}${each.value === undefined ? '' : `=${each.value}`}${each.effect ? `:${each.effect}` : ''}`,
    )
    .join('\n');
}

type Volumes = NonNullable<CellSettings['volumes']>;

/** One a line: `/data my-claim`, `/data my-claim ro`. */
export function readVolumes(text: string): Volumes | undefined {
  const lines = linesOf(text).map((line): Volumes[number] => {
    const [path = '', claim = '', mode] = line.split(/\s+/);
    return { path, claim, ...(mode === 'ro' ? { readOnly: true } : {}) };
  });
  return lines.length > 0 ? lines : undefined;
}

export function volumesText(value: unknown): string {
  if (!Array.isArray(value)) return text(value);
  return (value as Volumes)
    .map(({ path, claim, readOnly }) => [path, claim, readOnly ? 'ro' : ''].filter(Boolean).join(' '))
    .join('\n');
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A value that somebody wrote by hand, as it stands. */
function text(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
