/**
 * The key under which what a program made is found again: everything that its values could depend on, as named parts.
 * Equal keys promise equal values; where they differ, the parts say why the program ran again. Pure.
 */
import { isDeepStrictEqual } from 'node:util';
import { sha256 } from './sha256.js';

/** By a name that people can read (`code: function h`, `input rows`, `package lodash`): a digest, or a short text. */
export type KeyParts = Record<string, string>;

/** What the values of a program depend on. Digests are sha256, hexadecimal. */
export interface KeyFacts {
  /** `Program.code`. */
  code: Readonly<Record<string, string>>;
  /** Digest of each value that flows in, by its label. */
  inputs: Readonly<Record<string, string>>;
  /** Digest of which objects the inputs have in common, if any. */
  sharing?: string;
  /** Value of each parameter that is read, any JSON. */
  parameters: Readonly<Record<string, unknown>>;
  /** Variables set by the settings, with their values. */
  env: Readonly<Record<string, string>>;
  /** Variables of the place where the run is started; undefined if one is not set there. */
  envFrom: Readonly<Record<string, string | undefined>>;
  /** Names only. */
  secrets: readonly string[];
  /** Digest of each declared file, by its path relative to the notebook. */
  files: Readonly<Record<string, string>>;
  /** Digest of each local file that is imported. */
  localFiles: Readonly<Record<string, string>>;
  /** Version and integrity by name. */
  packages: Readonly<Record<string, string>>;
  /** Operating system and processor, where a package has native code. */
  platform?: string;
  /** Major version. */
  node: number;
  codec: number;
  /** Digest of the base image, where the settings name one. */
  image?: string;
  /** What else matters: the item of a foreach, its number among equal items, the branch of a condition. */
  more?: Readonly<Record<string, string>>;
}

/** A part that differs between two keys. */
export interface KeyChange {
  part: string;
  change: 'new' | 'gone' | 'changed';
  /** For people: `function h was edited`. */
  sentence: string;
}

/** Raised when the meaning of a part changes, or programs are written otherwise. */
const KEY_FORMAT = 1;

/** Values up to this length stand in the parts as they are. */
const SHOWN = 80;
const DIGEST = /^[0-9a-f]{64}$/;

export function keyParts(facts: KeyFacts): KeyParts {
  const parts: KeyParts = { ...facts.more };
  const add = (prefix: string, values: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(values)) parts[`${prefix}${name}`] = value;
  };
  add('code: ', facts.code);
  add('input ', facts.inputs);
  for (const [name, value] of Object.entries(facts.parameters)) parts[`parameter ${name}`] = shown(value);
  for (const [name, value] of Object.entries(facts.env)) parts[`env ${name}`] = shown(value);
  for (const [name, value] of Object.entries(facts.envFrom))
    parts[`env ${name}`] = value === undefined ? 'not set' : sha256(value);
  for (const name of facts.secrets) parts[`secret ${name}`] = 'declared';
  add('file ', facts.files);
  add('local file ', facts.localFiles);
  add('package ', facts.packages);
  add('', { node: String(facts.node), codec: String(facts.codec) });
  if (facts.sharing !== undefined) parts['shared objects'] = facts.sharing;
  if (facts.platform !== undefined) parts['platform'] = facts.platform;
  if (facts.image !== undefined) parts['image'] = facts.image;
  return parts;
}

export function keyOf(parts: KeyParts): string {
  const sorted = Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(`tagflow key ${KEY_FORMAT}\n${JSON.stringify(sorted)}`);
}

/** Why a program ran again. */
export function differences(before: KeyParts, now: KeyParts): KeyChange[] {
  const moved = movedStatements(before, now);
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const changes = names.flatMap((part): KeyChange[] => {
    const was = moved.has(before[part]!) ? undefined : before[part];
    const is = moved.has(now[part]!) ? undefined : now[part];
    if (was === is) return [];
    const change = was === undefined ? 'new' : is === undefined ? 'gone' : 'changed';
    return [{ part, change, sentence: sentenceOf(part, was, is) }];
  });
  return changes.filter(
    ({ part }) => !CONSEQUENCES.has(part) || changes.every((each) => CONSEQUENCES.has(each.part)),
  );
}

/** What follows from other changes of the code is told when there is nothing else to tell. */
const CONSEQUENCES = new Set(['code: order', 'code: inputs and outputs']);

/** Statements are numbered: one that is inserted gives others another number, and they are not changed by it. */
function movedStatements(before: KeyParts, now: KeyParts): Set<string> {
  const digests = (parts: KeyParts) =>
    Object.entries(parts).flatMap(([part, digest]) =>
      /^code: (setup )?statement /.test(part) ? [digest] : [],
    );
  const present = new Set(digests(now));
  return new Set(digests(before).filter((digest) => present.has(digest)));
}

function sentenceOf(part: string, was: string | undefined, is: string | undefined): string {
  const name = part.replace(/^code: /, '');
  if (name === 'order' && part !== name) return 'statements are evaluated in another order';
  if (name === 'inputs and outputs' && part !== name) return 'other values flow in or are kept';
  const are = PLURAL.has(part) ? 'are' : 'is';
  if (was === undefined) return `${name} ${are} new`;
  if (is === undefined) return `${name} ${are} gone`;
  if (part !== name) return `${name} was edited`;
  if (part.startsWith('package ')) return packageSentence(part, was, is);
  if (DIGEST.test(was) || DIGEST.test(is)) return `${name} ${PLURAL.has(part) ? 'have' : 'has'} changed`;
  return part.startsWith('parameter ') || part.startsWith('env ')
    ? `${name}: ${is}, was ${was}`
    : `${name} ${is}, was ${was}`;
}

const PLURAL = new Set(['shared objects', 'results of the loop']);

/** Integrity says nothing to people. */
function packageSentence(part: string, was: string, is: string): string {
  const version = (value: string) => value.replace(/ (sha\d+-\S+|[0-9a-f]{64})/g, '');
  return version(was) === version(is)
    ? `${part} ${version(is)} has other contents`
    : `${part} ${version(is)}, was ${version(was)}`;
}

/** Short JSON as it is, anything else as a digest. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  const isExact = text !== undefined && isDeepStrictEqual(JSON.parse(text), value);
  // No JSON looks like a digest: strings have quotes, and numbers of that length an exponent.
  return isExact && text.length <= SHOWN ? text : sha256(isExact ? text : `inexact ${describe(value)}`);
}

/** JSON says 0 for -0 and null for NaN. */
function describe(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'number' && (Object.is(each, -0) || !Number.isFinite(each))
      ? { number: Object.is(each, -0) ? '-0' : String(each) }
      : each,
  );
}
