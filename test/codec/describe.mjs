// What a value is, as JSON: kinds, own properties with how they are closed, and which object is which. Two values with
// equal descriptions cannot be told apart. Written without the codec, and once more in Python (reader.py).
import { types } from 'node:util';

const HIDDEN = ['message', 'cause', 'errors', 'name'];

export function describe(value) {
  const ids = new Map();
  return item(value);

  function item(value) {
    switch (typeof value) {
      case 'undefined':
        return { kind: 'undefined' };
      case 'bigint':
        return { kind: 'bigint', hex: value.toString(16) };
      case 'number':
        return Number.isSafeInteger(value) && !Object.is(value, -0)
          ? value
          : { kind: 'number', bits: bits(value) };
      case 'object':
        return value === null ? null : object(value);
      case 'string':
      case 'boolean':
        return value;
      default:
        throw new Error(`A ${typeof value} has no description.`);
    }
  }

  function object(value) {
    if (ids.has(value)) return { ref: ids.get(value) };
    const id = ids.size;
    ids.set(value, id);
    const prototype = Object.getPrototypeOf(value);
    const closed = closedness(value);
    const head = { id, kind: prototype === null ? 'null' : prototype.constructor.name, closed };
    const { known = [], ...parts } = slots(value, closed);
    const keys = Reflect.ownKeys(value).filter((key) => !known.includes(key) && !isElement(value, key));
    return { ...head, ...parts, own: keys.map((key) => property(value, key, closed, true)) };
  }

  function slots(value, closed) {
    if (Array.isArray(value)) {
      const indices = Object.getOwnPropertyNames(value).filter(isIndex);
      return { length: value.length, elements: indices.map((key) => property(value, key, closed, true)) };
    }
    if (Buffer.isBuffer(value)) return { bytes: value.toString('hex') };
    if (ArrayBuffer.isView(value)) {
      const length = value instanceof DataView ? value.byteLength : value.length;
      return { buffer: item(value.buffer), offset: value.byteOffset, length };
    }
    if (types.isArrayBuffer(value)) return { bytes: Buffer.from(value).toString('hex') };
    if (types.isMap(value)) return { entries: [...value].map(([key, each]) => [item(key), item(each)]) };
    if (types.isSet(value)) return { items: [...value].map(item) };
    if (types.isDate(value)) return { time: item(value.getTime()) };
    if (types.isRegExp(value))
      return {
        source: value.source,
        flags: value.flags,
        lastIndex: item(value.lastIndex),
        known: ['lastIndex'],
      };
    if (types.isBoxedPrimitive(value)) return { primitive: item(value.valueOf()) };
    if (types.isNativeError(value)) {
      const known = HIDDEN.filter((key) => Object.getOwnPropertyDescriptor(value, key)?.enumerable === false);
      const hidden = known.map((key) => property(value, key, closed, false));
      return { error: true, hidden, known: [...known, 'stack'] };
    }
    return {};
  }

  function property(value, key, closed, enumerable) {
    const found = Object.getOwnPropertyDescriptor(value, key);
    const usual =
      'value' in found &&
      found.enumerable === enumerable &&
      found.writable === closed < 3 &&
      found.configurable === closed < 2;
    if (typeof key === 'symbol' || !usual)
      throw new Error(`${String(key)} is not as an assignment makes it.`);
    return [key, item(found.value)];
  }
}

/** Whether the key belongs to what arrays, views and boxed strings have by themselves. */
function isElement(value, key) {
  if (ArrayBuffer.isView(value)) return isIndex(key);
  return (Array.isArray(value) || types.isStringObject(value)) && (key === 'length' || isIndex(key));
}

function isIndex(key) {
  return typeof key === 'string' && /^(0|[1-9]\d*)$/.test(key) && Number(key) < 2 ** 32 - 1;
}

/** 1 not extensible, 2 sealed, 3 frozen. V8 takes closed arrays without elements for frozen, and views for sealed. */
function closedness(value) {
  if (Object.isExtensible(value)) return 0;
  if (ArrayBuffer.isView(value) || !Object.isSealed(value)) return 1;
  const open = Array.isArray(value) && Object.getOwnPropertyDescriptor(value, 'length').writable;
  return Object.isFrozen(value) && !open ? 3 : 2;
}

function bits(number) {
  if (Number.isNaN(number)) return '7ff8000000000000';
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(number);
  return bytes.toString('hex');
}
