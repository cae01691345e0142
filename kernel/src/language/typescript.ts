/**
 * The one place from which the compiler is loaded. `import … = require` loads it as CommonJS: an ordinary import
 * would run Node's export lexer over nine megabytes, and would miss what `typescript-cache.ts` has put in place.
 */
import ts = require('typescript');

export default ts;

declare module 'typescript' {
  /** Internal: the last token that begins before a place. */
  function findPrecedingToken(position: number, sourceFile: ts.SourceFile): ts.Node | undefined;
  interface TypeChecker {
    /** Internal: the symbol that a name means at a place, `undefined` when nothing there declares it. */
    resolveName(
      name: string,
      location: ts.Node | undefined,
      meaning: ts.SymbolFlags,
      excludeGlobals: boolean,
    ): ts.Symbol | undefined;
  }
  interface SourceFile {
    /** Internal: what the binder found at the top level. */
    locals?: ts.SymbolTable;
    /** Internal: the module's symbol. */
    symbol?: ts.Symbol;
    /** Internal: set for a file that is a module. */
    externalModuleIndicator?: ts.Node | true;
    /** Internal: what the parser complained about. */
    parseDiagnostics: ts.DiagnosticWithLocation[];
    /** Internal: how a host tells two states of one file apart. */
    version?: string;
  }
  interface Symbol {
    /** Internal: the exported twin of a module's local symbol. */
    exportSymbol?: ts.Symbol;
  }
}
