/** Which runs have had their time. Pure. */

export interface RunAge {
  id: string;
  /** Name of its pipeline; undefined if its records cannot be read. */
  pipeline?: string;
  /** Runs that go on are never outdated. */
  running: boolean;
  /** When it ended, or was last heard of, in milliseconds since 1970. */
  last: number;
}

export interface Retention {
  /** Runs whose end is longer ago than this, in milliseconds. */
  olderThan?: number;
  /** So many newest runs of each pipeline stay. */
  keep?: number;
}

/** Ids of the runs to which everything applies that is asked; none if nothing is asked. */
export function outdatedRuns(
  runs: readonly RunAge[],
  { olderThan, keep }: Retention,
  now: number,
): Set<string> {
  if (olderThan === undefined && keep === undefined) return new Set();
  const newest = newestRuns(runs, keep ?? 0);
  const outdated = runs.filter(
    ({ id, running, last }) =>
      !running && !newest.has(id) && (olderThan === undefined || now - last > olderThan),
  );
  return new Set(outdated.map(({ id }) => id));
}

function newestRuns(runs: readonly RunAge[], keep: number): Set<string> {
  const left = new Map<string | undefined, number>();
  const newest = new Set<string>();
  for (const { id, pipeline } of [...runs].sort((a, b) => (a.id < b.id ? 1 : -1))) {
    const room = left.get(pipeline) ?? keep;
    left.set(pipeline, room - 1);
    if (room > 0) newest.add(id);
  }
  return newest;
}
