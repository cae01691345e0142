import { parseModule } from './parse.js';
import ts from './typescript.js';

/** What others need to know of a cell, with every inferred type written out. */
export interface Summary {
  fileName: string;
  sourceFile: ts.SourceFile;
  /** Of the module that it sums up. */
  fingerprint: number;
}

/** A cell whose types take more than this to write out is left as it is. */
const LIMIT = 100_000;

/** Internal to the compiler: emits declarations whatever the options say. */
interface DeclarationEmit {
  emit(
    sourceFile: ts.SourceFile,
    writeFile: ts.WriteFileCallback,
    cancellation: undefined,
    onlyDeclarations: true,
    transformers: undefined,
    force: true,
  ): ts.EmitResult;
}

/**
 * Writes a cell's declarations with their types. Cells that use it then need not infer them again, nor what they were
 * inferred from: without it, the hundredth cell of a chain would cost a hundred times as much as the first.
 * @returns undefined when a type cannot be written out
 */
export function summarize(
  sourceFile: ts.SourceFile,
  program: ts.Program,
  fingerprint: number,
): Summary | undefined {
  const fileName = sourceFile.fileName.replace(/\.tsx?$/, '.d.ts');
  let text: string | undefined;
  const write: ts.WriteFileCallback = (name, content) => {
    if (name.endsWith('.d.ts')) text = content;
  };
  const { emit } = program as unknown as DeclarationEmit;
  const { diagnostics } = emit(sourceFile, write, undefined, true, undefined, true);
  if (text === undefined || text.length > LIMIT) return undefined;
  if (diagnostics.some(({ category }) => category === ts.DiagnosticCategory.Error)) return undefined;
  return { fileName, sourceFile: parseModule(fileName, text), fingerprint };
}
