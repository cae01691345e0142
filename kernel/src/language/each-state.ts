import type ts from './typescript.js';

/** Finds something in a source file once for each state of it. */
export function onceForEachState<T>(
  find: (sourceFile: ts.SourceFile) => T,
): (sourceFile: ts.SourceFile) => T {
  const known = new WeakMap<ts.SourceFile, { found: T }>();
  return (sourceFile) => {
    let entry = known.get(sourceFile);
    if (!entry) known.set(sourceFile, (entry = { found: find(sourceFile) }));
    return entry.found;
  };
}
