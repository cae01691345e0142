/** Ids of runs: sorted by time as text, safe as DNS labels, and telling in which folder the run lies. */
import { createHash, randomBytes } from 'node:crypto';

const ID = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-(\d{3})[a-z0-9]{5}$/;
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

/** `20260131-142501-037k2m9x`: date, time, milliseconds and five random letters. */
export function newRunId(now = new Date()): string {
  return `${idTime(now)}${lettersOf(randomBytes(5))}`;
}

/**
 * The id of a run that began by itself on a cluster: all its pods find the same, from what Kubernetes says of its
 * Workflow.
 * @param created when, in whole seconds
 */
export function runIdOfWorkflow(uid: string, created: Date): string {
  return `${idTime(created)}${lettersOf(createHash('sha256').update(uid).digest().subarray(0, 5))}`;
}

function lettersOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join('');
}

/** How the ids of a moment begin; those of earlier moments sort before it, those of later ones after. */
export function idTime(moment: Date): string {
  const [date = '', time = ''] = moment.toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${time.slice(9, 12)}`;
}

export function isRunId(text: string): boolean {
  return ID.test(text);
}

/** When a run began, by its id, in milliseconds since 1970. */
export function timeOfRun(id: string): number {
  const [year, month, day, hour, minute, second, ms] = (ID.exec(id) ?? []).slice(1).map(Number);
  return Date.UTC(year!, month! - 1, day, hour, minute, second, ms);
}

/** The folder of a run, with a `/` at its end. */
export function runFolder(id: string): string {
  const [, year, month, day] = ID.exec(id) ?? [];
  return `runs/${year}-${month}-${day}/${id}/`;
}
