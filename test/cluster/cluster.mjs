// `npm run cluster -- build | up | down | status`: the test cluster, by hand.
import { SetupError, main } from '../../binder/progress.mjs';
import { buildBinaries } from './binaries.mjs';
import { down, facts, isUp, leftovers, up } from './bed.mjs';

await main(async () => {
  const [what = 'status'] = process.argv.slice(2);
  if (what === 'build') {
    await buildBinaries();
  } else if (what === 'up') {
    await up();
    console.log(`The cluster is up: export KUBECONFIG=${facts().kubeconfig}`);
  } else if (what === 'down') {
    await down();
    const left = await leftovers();
    if (left.length > 0) throw new SetupError(`Still there: ${left.join(', ')}.`);
    console.log('Nothing of the cluster is left.');
  } else if (what === 'status') {
    console.log(JSON.stringify({ up: isUp(), ...facts() }, null, 2));
  } else {
    throw new SetupError('It takes build, up, down or status.');
  }
});
