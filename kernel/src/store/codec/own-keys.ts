/** What an object has of its own besides what every object of its kind has, without listing all keys of long ones. */
import { inspect, types } from 'node:util';
import type { Brand } from './brand.js';

/** Up to this length, the keys of arrays are listed; beyond, a list of them would cost more than the values. */
const LONG_ARRAY = 64;

/** Properties that an error's constructor makes. */
export const ERROR_PROPERTIES = ['message', 'cause', 'errors', 'name'] as const;

/** As Reflect.ownKeys, which takes five times as long on plain objects. */
export function ownKeys(value: object): (string | symbol)[] {
  const names = Object.getOwnPropertyNames(value);
  const symbols = Object.getOwnPropertySymbols(value);
  return symbols.length === 0 ? names : [...names, ...symbols];
}

/** Index into INTEGRITY_LEVELS. */
export function integrityOf(value: object): number {
  if (Object.isExtensible(value)) return 0;
  // Elements of views cannot be closed, and versions of V8 differ in whether they say so.
  if (ArrayBuffer.isView(value) || !Object.isSealed(value)) return 1;
  // V8 takes every closed array without elements for frozen, although its length may still be written.
  const open = Array.isArray(value) && Object.getOwnPropertyDescriptor(value, 'length')!.writable;
  return Object.isFrozen(value) && !open ? 3 : 2;
}

export function isIndex(key: string | symbol, length: number): boolean {
  if (typeof key === 'symbol') return false;
  const index = Number(key);
  return Number.isInteger(index) && index >= 0 && index < length && String(index) === key;
}

/** Own keys besides those that every object of the brand has. */
export function extraKeys(value: object, brand: Brand): (string | symbol)[] {
  if (brand === 'array' && (value as unknown[]).length > LONG_ARRAY && !hasHiddenExtras(value)) return [];
  if (brand === 'view' && !(value instanceof DataView) && !hasHiddenExtras(value)) return [];
  // Here it is the quicker one.
  const keys = brand === 'array' ? Reflect.ownKeys(value) : ownKeys(value);
  switch (brand) {
    case 'array':
      // Indices come first: with so many keys, each element is there and nothing else is.
      if (keys.length === (value as unknown[]).length + 1 && keys.at(-1) === 'length') return [];
      return keys.filter((key) => key !== 'length' && !isIndex(key, (value as unknown[]).length));
    case 'view':
      return keys.filter((key) => !isIndex(key, Infinity));
    case 'regexp':
      return keys.filter((key) => key !== 'lastIndex');
    case 'boxed': {
      const length = types.isStringObject(value) ? String.prototype.valueOf.call(value).length : -1;
      return keys.filter((key) => !(length >= 0 && (key === 'length' || isIndex(key, length))));
    }
    case 'error':
      return keys.filter((key) => {
        if (key === 'stack') return false;
        const made = ERROR_PROPERTIES.some((name) => name === key);
        return !made || Object.getOwnPropertyDescriptor(value, key)!.enumerable;
      });
    default:
      return keys;
  }
}

/** Whether a property of an array's element is other than an assignment makes it. */
export function isOddElement(value: unknown[], index: number, level: number): boolean {
  if (value.length > LONG_ARRAY) {
    // Asking for the whole property would cost more than writing it; only a getter would change what is written.
    return lookupGetter.call(value, index) !== undefined;
  }
  const property = Object.getOwnPropertyDescriptor(value, index);
  if (property === undefined) return false;
  return (
    property.get !== undefined ||
    property.set !== undefined ||
    !property.enumerable ||
    property.writable !== level < 3 ||
    property.configurable !== level < 2
  );
}

const lookupGetter = (Object.prototype as unknown as { __lookupGetter__(this: object, key: number): unknown })
  .__lookupGetter__;

/**
 * Whether an array or typed array has properties besides its elements. Only inspect can list those alone; it is asked
 * for a twin too, which has none, so that nothing depends on how it writes them.
 */
function hasHiddenExtras(value: object): boolean {
  return shown(value) !== shown(twinOf(value));
}

function shown(value: object): string {
  return inspect(value, {
    maxArrayLength: 0,
    depth: 0,
    showHidden: true,
    customInspect: false,
    breakLength: Infinity,
    compact: true,
  });
}

function twinOf(value: object): object {
  const twin = ArrayBuffer.isView(value)
    ? sameView(value as Uint8Array)
    : new Array<unknown>((value as unknown[]).length);
  return Object.setPrototypeOf(twin, Object.getPrototypeOf(value) as object) as object;
}

type ViewConstructor = new (buffer: ArrayBufferLike, offset: number, length: number) => Uint8Array;

function sameView(value: Uint8Array): Uint8Array {
  const name = typedArrayName.call(value) as string;
  const constructor = (globalThis as unknown as Record<string, ViewConstructor>)[name]!;
  return new constructor(value.buffer, value.byteOffset, value.length);
}

/** The class of a typed array by its internal slot. */
const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)!.get as (this: unknown) => string | undefined;
