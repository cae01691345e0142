/** Runs cells in this process, as the kernel runs them in its own. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { Script } from 'node:vm';
import { type CellModule, dropUnreached, withdrawNames } from '../../kernel/lib/interpreter/cell-module.js';
import { createLinker } from '../../kernel/lib/linker/linker.js';
import { Language } from '../../kernel/lib/language/language.js';
import type { CompiledCell, Session } from '../../kernel/lib/language/session/session.js';

export const FOLDER = fileURLToPath(new URL('.', import.meta.url));

let shared: Language | undefined;

export interface Ran {
  cell: CompiledCell;
  value?: unknown;
  error?: unknown;
}

type Run = (kernel: object, self: CellModule, ...modules: CellModule[]) => Promise<void>;

export class Notebook {
  readonly session: Session;
  readonly language: Language;
  private readonly modules = new Map<string, CellModule>();
  private readonly linker;

  constructor(folder = FOLDER) {
    this.language =
      resolve(folder) === resolve(FOLDER) ? (shared ??= new Language(folder)) : new Language(folder);
    this.session = this.language.session();
    this.linker = createLinker({ directory: this.language.directory });
  }

  /** Compiles a cell, and if that went well runs and commits it. */
  async run(id: string, source: string, options?: { parameters: boolean }): Promise<Ran> {
    const cell = this.session.compile(id, source, options);
    if (!cell.ok) return { cell };
    const self = this.module(id);
    withdrawNames(self, cell.names);
    const before = Object.getOwnPropertyDescriptors(self);
    const kernel = {
      import: (specifier: string) =>
        specifier.startsWith('.') ? importLocal(specifier) : this.linker.import(specifier),
      require: (specifier: string) => this.linker.require(specifier),
      check: (value: unknown) => value,
      result: undefined as unknown,
    };
    const { code, modules } = cell.script;
    const ran: Ran = { cell };
    try {
      const run = new Script(`(${code})`, {
        filename: `cell-${id}`,
        columnOffset: -1,
      }).runInThisContext() as Run;
      await run(kernel, self, ...modules.map((module) => this.module(module)));
    } catch (error) {
      ran.error = error;
    }
    ran.value = kernel.result;
    this.session.commit(cell, new Set(ran.error ? dropUnreached(self, cell.names, before) : []));
    return ran;
  }

  private module(id: string): CellModule {
    let module = this.modules.get(id);
    if (!module) this.modules.set(id, (module = {}));
    return module;
  }
}

/** Jest does not let the kernel's loader hooks in: a local file without imports is loaded from its text. */
async function importLocal(specifier: string): Promise<object> {
  const file = ['', '.ts']
    .map((ending) => `${FOLDER}${specifier}${ending}`)
    .find((name) => existsSync(name))!;
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.json')) return { default: JSON.parse(text) as unknown };
  const { code } = transformSync(text, { loader: 'ts', format: 'esm' });
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as object;
}
