/** A cell's names as others see them: accessors on its module object, which the cell's script defines. */
export type CellModule = Record<string, unknown>;

/**
 * The cell is run again: names that it does not declare any more are gone. Code that still reads one, such as a
 * function of another cell, is told so.
 * @param names that the cell declares now
 */
export function withdrawNames(module: CellModule, names: readonly string[]): void {
  for (const name of Object.keys(module)) {
    if (names.includes(name)) continue;
    const read = () => {
      throw new ReferenceError(
        `${name} is not defined: its cell was run again and does not declare it any more.`,
      );
    };
    Object.defineProperty(module, name, { configurable: true, enumerable: false, get: read });
  }
}

/**
 * After a throw: names that were not reached keep what they were before the cell ran.
 * @returns those names
 */
export function dropUnreached(
  module: CellModule,
  names: readonly string[],
  before: PropertyDescriptorMap,
): string[] {
  return names.filter((name) => {
    if (isReached(module, name)) return false;
    const former = before[name];
    if (former) Object.defineProperty(module, name, former);
    else delete module[name];
    return true;
  });
}

function isReached(module: CellModule, name: string): boolean {
  try {
    return name in module && (void module[name], true);
  } catch {
    return false; // the accessor reads a `const`, `let` or class before its declaration
  }
}
