/**
 * What a value is by its internal slots, not by its prototype's name: values may come from another realm (a `vm`
 * context has its own `Array`, `Map`, …), where `instanceof` does not hold.
 */
import { types } from 'node:util';

/** Kinds of objects by internal slot; `ordinary` has none. */
export type Brand =
  | 'ordinary'
  | 'array'
  | 'map'
  | 'set'
  | 'date'
  | 'regexp'
  | 'error'
  | 'boxed'
  | 'buffer'
  | 'view'
  | 'foreign';

/** Names of the built-in prototypes an object of each brand may have without being an instance of a class. */
const OWN_PROTOTYPES: Record<Brand, ReadonlySet<string>> = {
  ordinary: new Set(['Object']),
  array: new Set(['Array']),
  map: new Set(['Map']),
  set: new Set(['Set']),
  date: new Set(['Date']),
  regexp: new Set(['RegExp']),
  error: new Set([
    'Error',
    'EvalError',
    'RangeError',
    'ReferenceError',
    'SyntaxError',
    'TypeError',
    'URIError',
    'AggregateError',
  ]),
  boxed: new Set(['Number', 'String', 'Boolean', 'BigInt']),
  buffer: new Set(['ArrayBuffer']),
  view: new Set([
    'DataView',
    'Buffer',
    'Uint8Array',
    'Uint8ClampedArray',
    'Uint16Array',
    'Uint32Array',
    'BigUint64Array',
    'Int8Array',
    'Int16Array',
    'Int32Array',
    'BigInt64Array',
    'Float16Array',
    'Float32Array',
    'Float64Array',
  ]),
  foreign: new Set(),
};

export function brandOf(value: object): Brand {
  // First: a proxy answers as it likes, and one that is revoked not at all.
  if (types.isProxy(value)) return 'foreign';
  if (Array.isArray(value)) return 'array';
  if (ArrayBuffer.isView(value)) return 'view';
  if (types.isMap(value)) return 'map';
  if (types.isSet(value)) return 'set';
  if (types.isDate(value)) return 'date';
  if (types.isRegExp(value)) return 'regexp';
  if (types.isNativeError(value)) return 'error';
  if (types.isArrayBuffer(value)) return 'buffer';
  if (types.isBoxedPrimitive(value)) return types.isSymbolObject(value) ? 'foreign' : 'boxed';
  return isForeign(value) ? 'foreign' : 'ordinary';
}

const toString = Object.prototype.toString;

/** `Map` for `[object Map]`; empty if the object does not let itself be asked. */
export function tagOf(value: object): string {
  if (types.isProxy(value)) return 'Proxy';
  try {
    return toString.call(value).slice(8, -1);
  } catch {
    return '';
  }
}

/**
 * The common cases, told apart without asking for each kind: arrays and plain objects of this realm, and instances of a
 * class whose prototype is known to have no tag of its own.
 */
export function commonBrand(
  value: object,
  isOfClass: (prototype: object) => boolean,
): 'array' | 'ordinary' | 'instance' | undefined {
  if (types.isProxy(value)) return undefined;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Array.prototype) return Array.isArray(value) ? 'array' : undefined;
  const isPlain = prototype === Object.prototype;
  if (!isPlain && (prototype === null || !isOfClass(prototype))) return undefined;
  if (!isTaggedObject(value) || ArrayBuffer.isView(value)) return undefined;
  return isPlain ? 'ordinary' : 'instance';
}

function isTaggedObject(value: object): boolean {
  try {
    return toString.call(value) === '[object Object]';
  } catch {
    return false;
  }
}

/** Objects whose state lies in slots that cannot be read back completely. */
function isForeign(value: object): boolean {
  return (
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isSharedArrayBuffer(value) ||
    types.isGeneratorObject(value) ||
    types.isMapIterator(value) ||
    types.isSetIterator(value) ||
    types.isArgumentsObject(value) ||
    types.isModuleNamespaceObject(value) ||
    types.isExternal(value) ||
    types.isKeyObject(value) ||
    types.isCryptoKey(value)
  );
}

const builtins = new WeakMap<object, string>([[Object.prototype, 'Object']]);

/** Name of the built-in class whose prototype this is, in whichever realm; `''` if it is none. */
export function builtinName(prototype: object): string {
  const known = builtins.get(prototype);
  if (known !== undefined) return known;
  const name = findBuiltinName(prototype);
  builtins.set(prototype, name);
  return name;
}

function findBuiltinName(prototype: object): string {
  if (prototype === Buffer.prototype) return 'Buffer';
  const constructor = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown;
  if (typeof constructor !== 'function' || constructor.prototype !== prototype) return '';
  const text = Function.prototype.toString.call(constructor);
  return /^function \w+\(\) \{ \[native code\] \}$/.test(text) ? constructor.name : '';
}

/** Whether the prototype is the one that objects of this brand have by themselves. */
export function isOwnPrototype(brand: Brand, prototype: object): boolean {
  return OWN_PROTOTYPES[brand].has(builtinName(prototype));
}

/** The built-in class of the brand that a class extends. */
export function baseName(brand: Brand, prototype: object): string {
  for (let each: object | null = prototype; each; each = Object.getPrototypeOf(each) as object | null) {
    if (isOwnPrototype(brand, each)) return builtinName(each);
  }
  return '';
}

/** A class of the platform that an object's class is or extends, other than its brand's: its state is out of sight. */
export function nativeBase(brand: Brand, prototype: object | null): string | undefined {
  for (let each = prototype; each; each = Object.getPrototypeOf(each) as object | null) {
    if (isOwnPrototype(brand, each)) return undefined;
    const name = builtinName(each);
    if (name !== '' && name !== 'Object' && name !== 'Iterator') return name;
  }
  return undefined;
}
