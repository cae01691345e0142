import ts from './typescript.js';

/**
 * Parses a file that is a module whatever stands in it. Comments on declarations are not parsed.
 * @param parents whether each node knows its parent
 */
export function parseModule(fileName: string, text: string, parents = true): ts.SourceFile {
  const options: ts.CreateSourceFileOptions = {
    languageVersion: ts.ScriptTarget.ESNext,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
    setExternalModuleIndicator: (file) => {
      file.externalModuleIndicator ??= true;
    },
  };
  return ts.createSourceFile(fileName, text, options, parents);
}
