/** Where a program stands; a step's process says so, because its working directory is not the notebook's. */
import type { Read } from '@tagflow/schema';
import type { ClassRegistry } from '../store/codec.js';
import type { Store } from '../store/store.js';

export interface Place {
  /** The notebook's directory. */
  directory: string;
  /** Found from the directory if absent. */
  store?: Store;
  /** Only runs that had ended before this moment, as toISOString writes it, are there to be read; all if absent. */
  asOf?: string;
  /** Classes of the notebook that are declared here. */
  classes?: Pick<ClassRegistry, 'find'>;
  /** Hears of each artifact of an earlier run that is read. */
  onRead?: (read: Read) => void;
}

const PLACE = Symbol.for('tagflow.place');

export function setPlace(place: Place): void {
  (globalThis as { [PLACE]?: Place })[PLACE] = place;
}

export function placeHere(): Place {
  return (globalThis as { [PLACE]?: Place })[PLACE] ?? { directory: process.cwd() };
}
