/** `$x`: what a step's program is given. */
import type { AttemptEnd, Crossing } from '@tagflow/schema';
import { createLinker, type Linker } from '../../linker/linker.js';
import { importClasses } from '../../store/artifact.js';
import { ClassRegistry, type Encoding, decode } from '../../store/codec.js';
import { getBlob, getEncoding } from '../../store/content.js';
import { sideBySide } from '../../store/side-by-side.js';
import type { Store } from '../../store/store.js';
import { checkConcurrency, foreach, type ForeachOptions } from '../../library/foreach.js';
import { NestedFailure, StepFailure } from '../failure.js';
import { Guards } from './guard.js';
import { IdentityTable } from './identity.js';
import type { Links } from '../links.js';
import { isOfLoop, sourceOf } from '../source.js';
import { keepCrossing, keepOutputs, type Values } from './outputs.js';
import { Reads } from './reads.js';
import type { NestedEnd, NestedLoop, StepInput, StepRequest } from '../step-request.js';

type Class = abstract new (...parameters: never[]) => object;

/** How a body works on its items. */
export type Each = (body: (item: unknown, index: number) => unknown) => Promise<void>;

/** Spreads a loop in the body of a loop. */
export type Spread = (loop: NestedLoop) => Promise<NestedEnd>;

/** What a program leaves behind: its values, and which items or which branch come next. */
export type Kept = Pick<AttemptEnd, 'outputs' | 'notKept' | 'items' | 'concurrency' | 'branch'>;

/** An input as it was read; once it was asked for, its value instead: large memory is there once. */
interface Loaded {
  input: StepInput;
  encoding?: Encoding;
  links?: Links;
  value?: unknown;
}

export class StepRuntime {
  private readonly linker: Linker;
  readonly classes = new ClassRegistry();
  readonly identity = new IdentityTable();
  readonly reads = new Reads();
  readonly guards = new Guards(this.classes, this.identity);
  private readonly inputs = new Map<string, Loaded>();
  private loadedResults: Loaded[] = [];
  private readonly locals = new Map<string, Loaded>();
  /** The item that is worked on, with those around it. */
  at: number[] = [];
  private handed: { items: unknown[]; concurrency?: number } | undefined;
  private branch: number | undefined;
  /** What the program kept; undefined until it came to its end. */
  kept: Kept | undefined;

  constructor(
    readonly store: Store,
    readonly request: StepRequest,
    /** Works on the items, in the body of a `foreach`. */
    readonly each: Each,
    /** Absent where nobody is there to spread loops in loops. */
    private readonly toSpread?: Spread,
  ) {
    this.linker = createLinker({ directory: request.directory });
  }

  /** Reads the inputs, and imports the packages whose classes they hold, so that `input` need not wait. */
  async prepare(): Promise<void> {
    const { inputs, results = [], locals = {} } = this.request;
    await Promise.all(
      Object.entries(inputs).map(async ([variable, input]) =>
        this.inputs.set(variable, await this.load(input)),
      ),
    );
    // Not all at once: each is an open file.
    await sideBySide(
      [...results.entries()],
      async ([i, input]) => void (this.loadedResults[i] = await this.load(input)),
    );
    for (const [name, input] of Object.entries(locals)) this.locals.set(name, await this.load(input));
    const loaded = [...this.inputs.values(), ...this.loadedResults, ...this.locals.values()];
    await this.importClasses(loaded);
  }

  /** Imports a package or a `node:` module; its classes can then be kept. */
  readonly import = async (specifier: string): Promise<object> => {
    const namespace = await this.linker.import(specifier);
    this.classes.imported(specifier, namespace);
    return namespace;
  };

  /** Imports a package for a local file. */
  readonly package = async (specifier: string, names: readonly string[]): Promise<object> => {
    const namespace = await this.linker.importForFile(specifier, names);
    this.classes.imported(specifier, namespace);
    return namespace;
  };

  readonly require = (specifier: string): unknown => this.linker.require(specifier);

  /** Says that a class of the notebook is declared with this digest. */
  readonly class = (name: string, digest: string, constructor: Class): void => {
    this.classes.declare(name, digest, constructor);
  };

  /** Watches a value that the step may not change. */
  readonly guard = (name: string, get: () => unknown): void => this.guards.watch(name, get);

  /** The value of an input; the same object whenever it is asked for. */
  readonly input = (variable: string): unknown => {
    const loaded = this.inputs.get(variable);
    if (!loaded) throw new ReferenceError(`The step was given no ${variable}.`);
    return this.decode(loaded);
  };

  /** What the body of the `foreach` before this program returned, in the order of its items. */
  readonly results = (): unknown[] => {
    const { id } = this.request;
    const results = this.loadedResults.map((loaded) => this.decode(loaded));
    // What an item took from elsewhere is no result alone: to change it would change that.
    const foreign = this.loadedResults.flatMap(({ input }) =>
      this.identity.foreignIn(input.source, (source) => isOfLoop(source, id)),
    );
    this.guards.watchParts('what an item returned and had not made itself', [...new Set(foreign)]);
    return results;
  };

  /** What a local name of the body around this one had as its value. */
  readonly local = (name: string): unknown => this.decode(this.locals.get(name)!);

  /**
   * A loop in the body of a loop: its items go to processes of their own, as far as they and what its body uses can be
   * kept. What cannot be is worked on here.
   * @throws NestedFailure where an item failed
   */
  readonly spread = async <Item, Result>(
    segment: number,
    locals: Record<string, () => unknown>,
    items: Iterable<Item>,
    body: (item: Item, index: number) => Result,
    options: ForeachOptions = {},
  ): Promise<Awaited<Result>[]> => {
    checkConcurrency(options.concurrency);
    const all = [...items];
    const loop = this.toSpread && (await this.nestedLoop(segment, locals, all, options));
    if (!loop) return foreach(all, body, options);
    const { results, failure } = await this.toSpread!(loop);
    if (failure) throw new NestedFailure(failure);
    if (!results) throw new StepFailure('Stopped', 'The run was stopped.');
    const loaded = await Promise.all(results.map((result) => this.load(result)));
    await this.importClasses(loaded);
    return loaded.map((each) => this.decode(each)) as Awaited<Result>[];
  };

  private async nestedLoop(
    segment: number,
    locals: Record<string, () => unknown>,
    items: readonly unknown[],
    { concurrency }: ForeachOptions,
  ): Promise<NestedLoop | undefined> {
    const path = this.at;
    const maker = { step: this.request.id.step, segment, index: path.at(-1)!, within: path.slice(0, -1) };
    const keep = async (value: unknown, name: string): Promise<StepInput> => {
      const source = sourceOf(maker, name);
      const { digest, identity } = await keepCrossing(this, value, name, source);
      this.identity.handed(source);
      return { digest, source, ...(identity === undefined ? {} : { identity }) };
    };
    try {
      const kept: [string, StepInput][] = [];
      for (const [name, get] of Object.entries(locals)) kept.push([name, await keep(get(), name)]);
      const inputs: StepInput[] = [];
      for (const [i, item] of items.entries()) inputs.push(await keep(item, `item ${i}`));
      return { segment, within: path, items: inputs, locals: Object.fromEntries(kept), concurrency };
    } catch (error) {
      // A function, or a name that has no value yet: nothing is lost by working on it here.
      if (error instanceof StepFailure || error instanceof ReferenceError) return undefined;
      throw error;
    }
  }

  /** Hands over the items of the `foreach` after this program. */
  readonly items = (items: Iterable<unknown>): void => {
    this.handed = { ...this.handed, items: [...items] };
  };

  readonly options = (options: { concurrency?: number } | undefined): void => {
    const concurrency = options?.concurrency;
    if (concurrency === undefined) return;
    checkConcurrency(concurrency);
    this.handed = { items: [], ...this.handed, concurrency: Math.min(Math.floor(concurrency), 1_000_000) };
  };

  /** Whether no condition has been true so far. */
  get isOpen(): boolean {
    return this.branch === undefined;
  }

  /** Chooses a branch if its condition is true. */
  readonly choose = (branch: number, condition: unknown): void => {
    if (condition) this.branch = branch;
  };

  /** Ends the program: what it may not change is checked, and its values are kept. */
  readonly finish = async (values: Values): Promise<void> => {
    this.guards.check();
    const { outputs, notKept } = await keepOutputs(this, values);
    this.kept = {
      outputs,
      notKept,
      ...(this.handed
        ? { items: await this.keepItems(this.handed.items), concurrency: this.handed.concurrency }
        : {}),
      ...(this.branch === undefined ? {} : { branch: this.branch }),
    };
  };

  /** Reads an item for the body; it is watched like an input. */
  readonly item = async (input: StepInput): Promise<unknown> => {
    const loaded = await this.load(input);
    await this.importClasses([loaded]);
    return this.decode(loaded);
  };

  private async keepItems(items: unknown[]): Promise<Crossing[]> {
    const { id } = this.request;
    const kept: Crossing[] = [];
    for (const [index, item] of items.entries()) {
      kept.push(await keepCrossing(this, item, `items[${index}]`, sourceOf(id, `item ${index}`)));
    }
    return kept;
  }

  private async load(input: StepInput): Promise<Loaded> {
    const encoding = await getEncoding(this.store, input.digest);
    const links = input.identity === undefined ? undefined : await getBlob(this.store, input.identity);
    return { input, encoding, links: links && (decode(links) as Links) };
  }

  private async importClasses(loaded: readonly Loaded[]): Promise<void> {
    for (const { encoding } of loaded)
      if (encoding) await importClasses(encoding, this.classes, (specifier) => this.linker.import(specifier));
  }

  private decode(loaded: Loaded): unknown {
    if (!loaded.encoding) return loaded.value;
    const { input, encoding, links } = loaded;
    let exact = true;
    const value = decode(encoding, {
      ...this.identity.decoding(input.source, links),
      classes: this.classes,
      onNotice: ({ origin }) => {
        exact = false;
        process.stderr.write(
          `The class ${origin.name} is not declared here: its instances are plain objects.\n`,
        );
      },
      onConverted: () => (exact = false),
    });
    if (exact) {
      const objects = this.identity.objectsOf(input.source);
      this.guards.knows(value, { digest: input.digest, objects });
    }
    loaded.value = value;
    loaded.encoding = undefined;
    return value;
  }
}
