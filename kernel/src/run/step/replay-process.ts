/** The process of a replay: runs the program, says how its values compare with those recorded, and keeps none. */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { setPlace } from '../../library/place.js';
import { openStoreFor } from '../../store/location.js';
import { MemoryOver } from '../../store/memory-over.js';
import { failureOf } from '../failure.js';
import { sourceOf } from '../source.js';
import { keepCrossing } from './outputs.js';
import type { ReplayRequest } from '../replay/replay.js';
import { printable } from '../printable.js';
import { masked } from '../secrets.js';
import { type Each, StepRuntime } from './runtime.js';

const { request, item, recorded, cells, hasSucceeded, isSamePlace } = JSON.parse(
  readFileSync(process.argv[2]!, 'utf8'),
) as ReplayRequest;
const say = (text: string): void =>
  void process.stderr.write(`${printable(masked(text, request.secrets))}\n`);

const made: Record<string, string> = {};
/** A body works on the one item. */
const each: Each = async (body) => {
  if (!item) return;
  const value = await runtime.item(item.input);
  const unchanged = runtime.guards.watchOne(`the item ${item.index}`, value);
  const result = await body(value, item.index);
  unchanged();
  const source = sourceOf({ ...request.id, index: item.index }, 'result');
  made['result'] = (await keepCrossing(runtime, result, 'result', source)).digest;
};
const store = new MemoryOver(openStoreFor(request.store, request.access));
const runtime: StepRuntime = new StepRuntime(store, request, each);

Object.assign(process.env, request.env);
process.chdir(request.workingDirectory);
process.setSourceMapsEnabled(true);
setPlace({
  directory: request.directory,
  store,
  asOf: request.asOf,
  classes: runtime.classes,
});
try {
  await runtime.prepare();
  const program = (await import(pathToFileURL(request.program).href)) as {
    default: (runtime: StepRuntime) => Promise<void>;
  };
  await program.default(runtime);
  for (const { variable, digest } of runtime.kept?.outputs ?? []) made[variable] = digest;
  report();
} catch (error) {
  const { name, message, stack } = failureOf(error);
  say(stack === undefined ? `${name}: ${message}` : withCellNumbers(stack));
  process.exitCode = 1;
}

/** As people count cells, and the panel and other commands do. */
function withCellNumbers(stack: string): string {
  return stack.replace(/\bcell:([\w-]+)(?=:\d)/g, (place, id: string) =>
    Object.hasOwn(cells, id) ? `cell ${cells[id]}` : place,
  );
}

function report(): void {
  const names = new Map(request.outputs.map(({ name, variable }) => [variable, name]));
  // What was recorded and is not made now differs too.
  const known = Object.keys(recorded)
    .filter((variable) => made[variable] !== recorded[variable])
    .map((variable) => names.get(variable) ?? variable);
  if (known.length > 0)
    say(
      `Made differently than in the run: ${known.join(', ')}.${isSamePlace ? ' The step is not reproducible.' : ''}`,
    );
  else if (Object.keys(recorded).length > 0) say('All values are those of the run.');
  else if (hasSucceeded) say('It succeeded, as in the run, which kept no values of it.');
  else say('It succeeded, where the run did not.');
}
