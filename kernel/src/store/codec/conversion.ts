/** Instances that are kept as data which their class, or an adapter, makes an instance of again. */
import { type Exports, adapterOf, nameOfClass } from './adapters.js';
import type { ClassOrigin, ClassRegistry, Constructor } from './classes.js';
import { DecodeError } from './error.js';

/** An instance method that returns what to keep of an instance: any value that can be encoded. */
export const ENCODE = Symbol.for('tagflow.encode');
/** A static method that makes an instance from what ENCODE returned. */
export const DECODE = Symbol.for('tagflow.decode');
/** Static methods that make a package's model from what its `toJSON` returned, in order of preference. */
const LOADERS = ['fromJSON', 'load', 'from'] as const;

export interface Conversion {
  /** As it is written: `decode`, the name of the static loader, or `adapter`. */
  how: string;
  /** Whether the data is what JSON.stringify would take. */
  isJson: boolean;
  /** Throws what the class's own method throws. */
  data(): unknown;
}

/** How an instance is converted to data, if it is. */
export function conversionOf(
  value: object,
  constructor: unknown,
  origin: ClassOrigin,
  classes: ClassRegistry,
): Conversion | undefined {
  const statics = constructor as Record<string | symbol, unknown>;
  const methods = value as Record<string | symbol, unknown>;
  if (typeof methods[ENCODE] === 'function' && typeof statics[DECODE] === 'function')
    return { how: 'decode', isJson: false, data: () => calling(value, ENCODE) };
  const adapter = adapterOf(origin.package, nameOfClass(origin.name, constructor as Constructor));
  if (adapter) {
    const data = (): unknown => adapter.encode(value, classes.exportsOf(origin.package));
    return { how: 'adapter', isJson: false, data };
  }
  if (origin.package === '' || typeof methods['toJSON'] !== 'function') return undefined;
  const how = LOADERS.find((name) => typeof statics[name] === 'function');
  return how && { how, isJson: true, data: () => calling(value, 'toJSON') };
}

/** What a method of the instance returns; that it cannot is said with its name. */
export function calling(value: object, method: string | symbol): unknown {
  try {
    return (value as Record<string | symbol, (key: string) => unknown>)[method]!('');
  } catch (error) {
    throw failed(method, error);
  }
}

/** What the class makes of the data; undefined where neither it nor an adapter takes such data. */
export function converted(
  data: unknown,
  how: string,
  constructor: Constructor,
  origin: ClassOrigin,
  classes: ClassRegistry,
): object | undefined {
  const name = nameOfClass(origin.name, constructor);
  const exports = (): Exports => classes.exportsOf(origin.package);
  const adapter = how === 'adapter' ? adapterOf(origin.package, name) : undefined;
  // Whoever wrote the data must not choose what is called.
  const method = how === 'decode' ? DECODE : LOADERS.find((each) => each === how);
  const load = method && (constructor as unknown as Record<string | symbol, unknown>)[method];
  if (!adapter && typeof load !== 'function') return undefined;
  try {
    return adapter
      ? adapter.decode(data, exports())
      : (load as (data: unknown) => object).call(constructor, data);
  } catch (error) {
    const reason = adapter ? messageOf(error) : failed(method!, error).message;
    throw new DecodeError(`${name} cannot be made again: ${reason}.`, { cause: error });
  }
}

function failed(method: string | symbol, error: unknown): Error {
  const name = typeof method === 'symbol' ? `[Symbol.for("${method.description}")]` : method;
  return new Error(`its ${name}() failed with “${messageOf(error)}”`, { cause: error });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
