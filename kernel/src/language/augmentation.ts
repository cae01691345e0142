import ts from './typescript.js';

/** Whether a file says something about other files: it declares globals, or adds to them or to modules. */
export function augmentsOthers(file: ts.SourceFile): boolean {
  if (file.fileName.endsWith('.json')) return false;
  const { commonJsModuleIndicator, moduleAugmentations } = file as Augmenting;
  if (!ts.isExternalModule(file) && !commonJsModuleIndicator) return true;
  return !!moduleAugmentations?.length;
}

/** Internal to the compiler. */
interface Augmenting extends ts.SourceFile {
  commonJsModuleIndicator?: ts.Node;
  /** Set when the file is taken into a program. */
  moduleAugmentations?: readonly ts.Node[];
}
