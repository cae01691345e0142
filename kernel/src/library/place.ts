/** Where a program stands; a step's process says so, because its working directory is not the notebook's. */
export interface Place {
  /** The notebook's directory. */
  directory: string;
  /** Folder of the store; found from the directory if absent. */
  store?: string;
}

const PLACE = Symbol.for('tagflow.place');

export function setPlace(place: Place): void {
  (globalThis as { [PLACE]?: Place })[PLACE] = place;
}

export function placeHere(): Place {
  return (globalThis as { [PLACE]?: Place })[PLACE] ?? { directory: process.cwd() };
}
