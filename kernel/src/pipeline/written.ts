import type { Program } from '@tagflow/schema';
import type { Unit } from '../language/facts.js';
import { identityOf } from '../language/identity.js';
import { emitProgram, type Slice } from '../language/slice/slice.js';
import { impureIn, modulesOf } from '../language/slice/modules.js';
import type { PlacedUnit } from './code.js';

/** What follows from the code that a program consists of. */
export type Written = Pick<Program, 'source' | 'packages' | 'localFiles' | 'code' | 'impure'>;

export interface PlacedSlice extends Slice {
  units: PlacedUnit[];
  own: PlacedUnit[];
}

interface Known {
  facts: readonly (Unit | undefined)[];
  names: string;
  written: Written;
}

/** By the last statement: while a notebook is edited, most of its programs stay as they were. */
const known = new WeakMap<Unit, Known>();

/** Writes a program, unless the same was written before. */
export function writeProgram(slice: PlacedSlice): Written {
  const facts = [...slice.units, ...slice.own].map(({ fact }) => fact);
  const last = facts.at(-1);
  if (!last || facts.includes(undefined)) return write(slice);
  const { parameters, inputs, outputs, guarded } = slice;
  const names = JSON.stringify([parameters, inputs, outputs, guarded, slice.own.length]);
  const before = known.get(last);
  const isSame = before?.names === names && before.facts.length === facts.length;
  if (isSame && facts.every((fact, i) => fact === before.facts[i])) return before.written;
  const written = write(slice);
  known.set(last, { facts, names, written });
  return written;
}

function write(slice: PlacedSlice): Written {
  const units = [...slice.units, ...slice.own];
  const impure = impureIn(units);
  return {
    source: emitProgram(slice),
    ...modulesOf(units),
    code: identityOf(slice),
    ...(impure.length > 0 ? { impure } : {}),
  };
}
