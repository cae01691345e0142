/** `$x`: what a step's program is given. */
import { createLinker, type Linker } from '../interpreter/linker.js';
import { importClasses } from '../store/artifact.js';
import { ClassRegistry, decode } from '../store/codec.js';
import { getBlob } from '../store/content.js';
import type { Store } from '../store/store.js';
import { Guards } from './guard.js';
import { IdentityTable, type Links } from './identity.js';
import { type Kept, type Values, keepOutputs } from './outputs.js';
import type { StepRequest } from './step-request.js';

type Class = abstract new (...parameters: never[]) => object;

export class StepRuntime {
  private readonly linker: Linker;
  readonly classes = new ClassRegistry();
  private readonly guards = new Guards(this.classes);
  private readonly inputs = new Map<string, { bytes: Uint8Array; links?: Links }>();
  readonly identity = new IdentityTable();
  /** What the program kept; undefined until it came to its end. */
  kept: Kept | undefined;

  constructor(
    private readonly store: Store,
    private readonly request: StepRequest,
  ) {
    this.linker = createLinker({ directory: request.directory });
  }

  /** Reads the inputs, and imports the packages whose classes they hold, so that `input` need not wait. */
  async prepare(): Promise<void> {
    await Promise.all(
      Object.entries(this.request.inputs).map(async ([variable, { digest, identity }]) => {
        const bytes = await getBlob(this.store, digest);
        const links = identity === undefined ? undefined : await getBlob(this.store, identity);
        this.inputs.set(variable, { bytes, links: links && (decode(links) as Links) });
      }),
    );
    for (const { bytes } of this.inputs.values()) {
      await importClasses(bytes, this.classes, (specifier) => this.linker.import(specifier));
    }
  }

  /** Imports a package or a `node:` module; its classes can then be kept. */
  readonly import = async (specifier: string): Promise<object> => {
    const namespace = await this.linker.import(specifier);
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
    const input = this.inputs.get(variable);
    const known = this.request.inputs[variable];
    if (!input || !known) throw new ReferenceError(`The step was given no ${variable}.`);
    let exact = true;
    const value = decode(input.bytes, {
      ...this.identity.decoding(known.source, input.links),
      classes: this.classes,
      onNotice: ({ origin }) => {
        exact = false;
        process.stderr.write(
          `The class ${origin.name} is not declared here: its instances are plain objects.\n`,
        );
      },
      onConverted: () => (exact = false),
    });
    if (exact) this.guards.knows(value, known.digest);
    return value;
  };

  /** Ends the step: what it may not change is checked, and its values are kept. */
  readonly finish = async (values: Values): Promise<void> => {
    this.guards.check();
    this.kept = await keepOutputs(this.store, this.request, this, values);
  };
}
