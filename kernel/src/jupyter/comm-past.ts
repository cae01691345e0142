/** What the extension asks about past runs: a list, one of them, its code, logs and values, two compared, a lineage. */
import type { ArtifactReply } from '@tagflow/schema';
import { pastRun, pastRuns, storesOf } from '../cluster/past-run.js';
import { compareCode, compareRuns } from '../run/comparison.js';
import { repeatedAttempts } from '../store/attempts.js';
import {
  artifactOf,
  jsonForm,
  readArtifact,
  readAttempts,
  readLog,
  readPipeline,
  stepOf,
} from '../store/index.js';
import { completeIndex } from '../store/reindex.js';
import { readLineage } from '../store/trace.js';
import { withoutSources } from './comm-pipeline.js';
import type { Handlers } from './comm-request.js';

const VALUE_BYTES = 1_000_000; // of the encoding: larger artifacts are not decoded in the kernel
const VALUE_JSON = 100_000; // characters
const ATTEMPTS = 100; // told at once: a loop may have thousands

type Asked = 'runs' | 'show' | 'logs' | 'attempts' | 'artifact' | 'compare' | 'code' | 'lineage';

/** @param directory the notebook's */
export const pastRunHandlers = (directory: string): Pick<Handlers, Asked> => ({
  runs: async ({ id, limit, pipeline }, answer) => {
    const onUnreadable = (): void => undefined; // what is readable is shown
    const runs = await pastRuns(storesOf(directory), { limit, pipeline, onUnreadable });
    answer({ type: 'runs', id, runs });
  },
  show: async ({ id, run: name }, answer) => {
    const { store, run } = await pastRun(directory, name);
    const document = withoutSources(await readPipeline(store, run));
    answer({ type: 'run', id, run, document, done: true });
  },
  logs: async ({ id, run, step, attempt }, answer) => {
    const entries = await readLog((await pastRun(directory, run)).store, run, step, attempt);
    for (const { stream, text } of entries) answer({ type: 'log', id, run, step, stream, text, done: false });
    answer({ type: 'log', id, run, step, stream: 'stdout', text: '', done: true });
  },
  attempts: async ({ id, run: name, step }, answer) => {
    const { store, run } = await pastRun(directory, name);
    const attempts = repeatedAttempts(await readAttempts(store, run.id, step), run.state === 'running');
    const told = attempts.slice(0, ATTEMPTS);
    answer({ type: 'attempts', id, attempts: told, more: attempts.length - told.length });
  },
  artifact: async ({ id, run: name, step, name: wanted }, answer) => {
    const { store, run } = await pastRun(directory, name);
    const artifact = artifactOf(stepOf(run, step), wanted);
    const small = artifact.size <= VALUE_BYTES;
    const form = small ? jsonForm(await readArtifact(store, artifact.digest), VALUE_JSON) : undefined;
    answer({ type: 'artifact', id, artifact, ...(form as Pick<ArtifactReply, 'value'> | undefined) });
  },
  compare: async ({ id, from, to }, answer) => {
    const diff = await compareRuns(await pastRun(directory, from), await pastRun(directory, to));
    // As JSON: a number that is none is null there.
    answer({ type: 'comparison', id, diff: JSON.parse(JSON.stringify(diff)) as typeof diff });
  },
  code: async ({ id, run, notebook }, answer) => {
    const compared = await compareCode(await pastRun(directory, run), JSON.stringify(notebook));
    answer({ type: 'code', id, ...compared });
  },
  lineage: async ({ id, run: name, step, name: wanted, depth }, answer) => {
    const { store, run } = await pastRun(directory, name);
    await completeIndex(store);
    const { digest } = artifactOf(stepOf(run, step), wanted);
    const place = { run: run.id, step, name: wanted, digest };
    answer({ type: 'lineage', id, lineage: await readLineage(store, place, { up: depth, down: depth }) });
  },
});
