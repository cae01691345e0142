// `npm run bench`: ours and the peers' in turns, and what came out as ratios. See README.md.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { build, installPackages, requireNode } from '../../binder/packages.mjs';
import { main, SetupError } from '../../binder/progress.mjs';
import { certificatesForNpm } from '../environment.mjs';
import { compareKernels } from './kernels.mjs';
import { compareListings } from './listings.mjs';
import { compareLoops } from './loops.mjs';
import { installPeers } from './peers.mjs';
import { compareRuns } from './steps.mjs';
import { compareValues } from './values.mjs';

/** What is measured beside peers, by the name that asks for it. */
const COMPARED = {
  kernels: compareKernels,
  runs: compareRuns,
  loops: compareLoops,
  values: compareValues,
  store: compareListings,
};

/** What takes more than the peers: a browser, a cluster. Only who asks for it waits for it. */
const ALONE = {
  panel: async (rounds) => (await import('./panel.mjs')).measurePanel(rounds),
  cluster: async (rounds) => (await import('./cluster.mjs')).measureCluster(rounds),
};

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string', default: '5' }, runs: { type: 'string', default: '100000' } },
  });
  const parts = [...Object.keys(COMPARED), ...Object.keys(ALONE)];
  const unknown = positionals.find((name) => !parts.includes(name));
  if (unknown) throw new SetupError(`There is no ${unknown}: there are ${parts.join(', ')}.`);
  const rounds = Number(values.rounds);
  if (!(rounds >= 1)) throw new SetupError('--rounds takes a number from 1.');
  requireNode();
  // What they take at each start of Node is the machine's, and no peer's.
  Object.assign(process.env, certificatesForNpm());
  await installPackages();
  await build();
  for (const [name, measure] of Object.entries(ALONE)) if (positionals.includes(name)) await measure(rounds);
  if (positionals.length > 0 && positionals.every((name) => name in ALONE)) return;
  const peers = await installPeers();
  console.log(`\nNode ${process.versions.node}, ${cpus().length} processors, medians of ${rounds} rounds\n`);
  for (const [name, compareAll] of Object.entries(COMPARED)) {
    if (positionals.length === 0 || positionals.includes(name)) await compareAll(peers, rounds);
  }
  // Minutes and gigabytes: only who asks for it waits for it.
  if (positionals.includes('store')) {
    const { measureStore } = await import('./store.mjs');
    await measureStore(Number(values.runs), rounds);
  }
});
