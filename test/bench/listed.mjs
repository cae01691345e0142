// Lists the runs of the store of this folder with their states. Prints how many succeeded or failed, and seconds.
import { runs } from 'tagflow';

const started = performance.now();
const list = await runs.list({ limit: 1000 });
const ended = list.filter(({ state }) => state === 'succeeded' || state === 'failed');
console.log(JSON.stringify({ runs: ended.length, seconds: (performance.now() - started) / 1000 }));
