/**
 * How instances of widely used packages' classes are kept: as what an equal instance is made from again. An adapter
 * throws where an instance holds more than that.
 */
// Apart from the validators: every process of a step loads this.
import { type AdaptedClass, adaptedClass } from '@tagflow/schema/adapted';

/** A function or class that a package exports. */
type Exported = ((...parameters: unknown[]) => object) &
  (new (...parameters: unknown[]) => object) &
  Readonly<Record<string, (...parameters: unknown[]) => object>>;

export type Exports = Readonly<Record<string, Exported>>;

export interface Adapter<Instance = unknown, Data = unknown> {
  /** @returns a value that can be encoded */
  encode(instance: Instance, exports: Exports): Data;
  decode(data: Data, exports: Exports): object;
}

const ADAPTERS: Readonly<Record<AdaptedClass, Adapter>> = {
  'ml-matrix Matrix': adapter({
    encode: (matrix: { rows: number; columns: number; to1DArray(): number[] }) => ({
      rows: matrix.rows,
      columns: matrix.columns,
      values: Float64Array.from(matrix.to1DArray()),
    }),
    decode: ({ rows, columns, values }, { Matrix }) => Matrix!['from1DArray']!(rows, columns, values),
  }),
  'bignumber.js BigNumber': decimal('BigNumber'),
  'decimal.js Decimal': decimal('Decimal'),
  'd3-array InternMap': interning('InternMap', (map) => Map.prototype.entries.call(map)),
  'd3-array InternSet': interning('InternSet', (set) => Set.prototype.values.call(set)),
  '@tensorflow/tfjs-core Tensor': adapter({
    encode: (tensor: { shape: number[]; dtype: string; dataSync(): unknown }) => ({
      shape: tensor.shape,
      dtype: tensor.dtype,
      values: tensor.dataSync(),
    }),
    decode: ({ shape, dtype, values }, { tensor }) => tensor!(values, shape, dtype),
  }),
  'apache-arrow Table': adapter({
    // A copy: the bytes may lie in larger memory.
    encode: (table: object, { tableToIPC }) => (tableToIPC!(table) as Uint8Array).slice(),
    decode: (bytes, { tableFromIPC }) => tableFromIPC!(bytes),
  }),
  'immutable List': collection('List'),
  'immutable Map': collection('Map'),
  'immutable OrderedMap': collection('OrderedMap'),
  'immutable Set': collection('Set'),
  'immutable OrderedSet': collection('OrderedSet'),
  'immutable Stack': collection('Stack'),
  'luxon DateTime': adapter({
    encode: (time: DateTime) => {
      if (!time.isValid) throw new Error('it is no valid time');
      const { type, name } = time.zone;
      if (!['system', 'iana', 'fixed'].includes(type))
        throw new Error(`its zone ${name} is of a class of its own`);
      const { locale, numberingSystem, outputCalendar } = time;
      const zone = type === 'system' ? type : name;
      return { milliseconds: time.toMillis(), zone, locale, numberingSystem, outputCalendar };
    },
    decode: ({ milliseconds, ...options }, { DateTime }) => DateTime!['fromMillis']!(milliseconds, options),
  }),
};

interface DateTime {
  isValid: boolean;
  zone: { type: string; name: string };
  locale: string | null;
  numberingSystem: string | null;
  outputCalendar: string | null;
  toMillis(): number;
}

function adapter<Instance, Data>(typed: Adapter<Instance, Data>): Adapter {
  return typed as Adapter;
}

/** Numbers whose text says all of them, the sign of zero too. */
function decimal(name: string): Adapter {
  return adapter({
    encode: (number: object) => number.valueOf(),
    decode: (text, { [name]: Decimal }) => new Decimal!(text),
  });
}

/** A Map or Set of d3, which takes keys for equal that are so by `valueOf`. */
function interning(name: string, itemsOf: (collection: never) => Iterable<unknown>): Adapter {
  return adapter({
    encode: (collection: { _key: unknown }, { [name]: Interning }) => {
      const { _key: usual } = new Interning!() as typeof collection;
      if (collection._key !== usual) throw new Error('it has a key function of its own');
      return [...itemsOf(collection as never)];
    },
    decode: (items, { [name]: Interning }) => new Interning!(items),
  });
}

function collection(name: string): Adapter {
  return adapter({
    encode: (collection: Iterable<unknown>) => [...collection],
    decode: (items, { [name]: Collection }) => Collection!(items),
  });
}

/** @param name of the class, by which the package exports it */
export function adapterOf(specifier: string, name: string): Adapter | undefined {
  const known = adaptedClass(specifier, name);
  return known && ADAPTERS[known.id];
}

/** A package's exports, those of a CommonJS package among them. */
export function exportsIn(namespace: object): Exports {
  const { default: main } = namespace as { default?: unknown };
  const isHolder = typeof main === 'object' || typeof main === 'function';
  return { ...(isHolder ? main : {}), ...namespace } as Exports;
}

/** A default export is called as it was declared. */
export function nameOfClass(exported: string, { name }: { name: string }): string {
  const last = exported.split('.').at(-1)!;
  return last === 'default' ? name : last;
}
