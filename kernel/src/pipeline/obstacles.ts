import type { Obstacle } from '../language/facts.js';

/** `model.predict is a function`. */
export function obstacleText({ path, ...obstacle }: Obstacle): string {
  return `${path} is ${whatIs(obstacle)}`;
}

export function whatIs({ kind, className }: Omit<Obstacle, 'path'>): string {
  switch (kind) {
    case 'function':
      return 'a function';
    case 'symbol':
      return 'a symbol';
    case 'promise':
      return 'a promise';
    case 'weak':
      return 'a weak collection';
    case 'iterator':
      return 'an iterator';
    case 'instance':
      return `an instance of the class ${className}`;
    case 'private':
      return `an instance of ${className}, which has #private fields or an \`accessor\``;
  }
}

/** What to do about a value that cannot be kept. */
export function remedyFor({ kind, className }: Omit<Obstacle, 'path'>): string {
  switch (kind) {
    case 'function':
      return 'Declare the function with `function` or `const` at the top level: a declaration goes with each step that uses it. What a package makes with functions in it, make in a cell tagged `setup`.';
    case 'symbol':
      return 'Use a string in its place.';
    case 'promise':
      return 'Write `await` before it.';
    case 'weak':
      return 'Use a Map or a Set.';
    case 'iterator':
      return 'Turn it into an array: `[...values]`.';
    case 'instance':
      return `Keep what ${className} consists of as plain data, and make it anew in the step that needs it, or in a cell tagged \`setup\`; or use it in one step only.`;
    case 'private':
      return 'Use `private` in place of `#`, and no `accessor`, so that the fields can be kept.';
  }
}
