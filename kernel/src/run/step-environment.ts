/** What a step's process is given of the environment before what the step declares. */
import { placeOf } from '../interpreter/place.js';

/** What Node itself and the programs it starts need; everything else a step declares. */
const NEEDED = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LD_LIBRARY_PATH',
  'SystemRoot',
  'NODE_EXTRA_CA_CERTS',
];

export function stepEnvironment(): NodeJS.ProcessEnv {
  const needed = NEEDED.filter((name) => process.env[name] !== undefined);
  return placeOf(Object.fromEntries(needed.map((name) => [name, process.env[name]])));
}
