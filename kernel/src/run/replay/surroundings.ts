/** What around a recorded attempt is not as it was: a replay has its code and its inputs, but not its files and packages. */
import type { AttemptStart, Program, Step } from '@tagflow/schema';
import { type Store, StoreError } from '../../store/store.js';
import { partsIn } from '../explain.js';
import { differences, type KeyParts } from '../key/key.js';
import { packagesOf } from '../key/packages.js';
import type { Surroundings } from '../key/surroundings.js';

/** @returns sentences; empty also where the attempt did not record what it depends on */
export async function changedAround(
  store: Store,
  { parts }: AttemptStart,
  { step, program }: { step: Step; program: Program },
  surroundings: Surroundings,
): Promise<string[]> {
  if (parts === undefined) return [];
  const { versions } = packagesOf(program.packages, surroundings.directory);
  const named = (prefix: string, values: Record<string, string>): KeyParts =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
  const now: KeyParts = {
    node: process.versions.node.split('.')[0]!,
    ...named('file ', await surroundings.files(step)),
    ...named('package ', versions),
  };
  const before = await partsIn(store, parts).catch((error: unknown) => {
    if (error instanceof StoreError) return {};
    throw error;
  });
  // Packages that local files import are not looked for.
  const compared = Object.entries(before).filter(([part]) => part.startsWith('file ') || part in now);
  const known = new Set(compared.map(([part]) => part));
  const seen = Object.entries(now).filter(([part]) => part.startsWith('file ') || known.has(part));
  return differences(Object.fromEntries(compared), Object.fromEntries(seen)).map(({ sentence }) => sentence);
}
