/** Why an object cannot be kept, as the end of a sentence that begins with its path, and what to do instead. */
import { types } from 'node:util';
import { tagOf } from './brand.js';
import { type ClassOrigin, hasPrivateMembers } from './classes.js';

export const VALUE_ADVICE =
  'Keep the data it is made from, or begin its name with `_` if no other step needs it.';

/** What to keep instead of objects that the platform makes, by their string tag. */
const INSTEAD: Record<string, string> = {
  Proxy: 'Keep a copy of what it shows, such as { ...it }.',
  Promise: 'Keep what it resolves to: await it.',
  Generator: 'Keep what it gives: [...it].',
  AsyncGenerator: 'Keep what it gives: await Array.fromAsync(it).',
  'Array Iterator': 'Keep what it gives: [...it].',
  'Map Iterator': 'Keep what it gives: [...it].',
  'Set Iterator': 'Keep what it gives: [...it].',
  'String Iterator': 'Keep what it gives: [...it].',
  'Iterator Helper': 'Keep what it gives: [...it].',
  Arguments: 'Keep an array of it: [...arguments].',
  WeakRef: 'Keep what it refers to: it.deref().',
  WeakMap: 'Use a Map.',
  WeakSet: 'Use a Set.',
  SharedArrayBuffer: 'Keep a copy: new Uint8Array(new Uint8Array(it)).',
  URL: 'Keep its text: it.href.',
  URLSearchParams: 'Keep its text: String(it).',
  Blob: 'Keep its bytes: await it.arrayBuffer().',
  File: 'Keep its bytes: await it.arrayBuffer().',
  Headers: 'Keep its entries: [...it].',
  FormData: 'Keep its entries: [...it].',
  Response: 'Keep its body: await it.text().',
  DOMException: 'Keep its name and message.',
  KeyObject: 'Declare the key under secrets instead: keys do not belong in a store.',
  CryptoKey: 'Declare the key under secrets instead: keys do not belong in a store.',
};

/** For objects of the platform that have no class which could be named. */
export function foreignRefusal(value: object): string {
  const tag = tagOf(value);
  const name = tag !== 'Proxy' && types.isKeyObject(value) ? 'KeyObject' : tag || 'Object';
  return `is ${article(name)}, which cannot be kept. ${adviceFor(name)}`;
}

/**
 * For an instance of a class.
 * @param origin where the class comes from, if that is known
 * @param native the built-in class that it extends, if that keeps its state out of sight
 */
export function instanceRefusal(
  value: object,
  constructor: unknown,
  origin: ClassOrigin | undefined,
  native: string | undefined,
): string {
  const name = className(value, constructor);
  const start = `is an instance of ${name}, which`;
  if (native !== undefined && native !== name)
    return `${start} extends ${native}: what that holds cannot be read. ${adviceFor(native)}`;
  if (INSTEAD[name] !== undefined || native !== undefined || tagOf(value).startsWith('Intl.'))
    return `${start} cannot be kept. ${adviceFor(name)}`;
  const hidden = hasPrivateMembers(constructor);
  if (hidden && (origin === undefined || origin.package === '')) {
    return (
      `is an instance of ${name}, whose #private members cannot be read from outside. Give the class the method ` +
      '[Symbol.for("tagflow.encode")]() and the static method [Symbol.for("tagflow.decode")](data).'
    );
  }
  if (origin !== undefined)
    return `is an instance of ${name}, whose #private members cannot be read from outside. ${VALUE_ADVICE}`;
  if (typeof ownOrInherited(value, 'toJSON') === 'function')
    return `${start} no cell imports: import the class, so that it can be loaded again, or keep what its toJSON() returns.`;
  return `${start} is neither declared in the notebook nor imported by it. ${VALUE_ADVICE}`;
}

export function className(value: object, constructor: unknown): string {
  const name =
    typeof constructor === 'function' && Object.getOwnPropertyDescriptor(constructor, 'name')?.value;
  if (typeof name === 'string' && name !== '') return name;
  const tag = tagOf(value);
  return INSTEAD[tag] === undefined ? 'a class without a name' : tag;
}

/** A property without running a getter. */
function ownOrInherited(value: object, key: string): unknown {
  for (let each: object | null = value; each; each = Object.getPrototypeOf(each) as object | null) {
    const property = Object.getOwnPropertyDescriptor(each, key);
    if (property) return property.value as unknown;
  }
  return undefined;
}

function adviceFor(name: string): string {
  return Object.hasOwn(INSTEAD, name) ? INSTEAD[name]! : VALUE_ADVICE;
}

function article(name: string): string {
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}
