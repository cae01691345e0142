/** Killed at any moment: the store is whole, and a run that is gone on with has the values that it would have had. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Run } from '@tagflow/schema';
import { randomFrom } from './kill/random.ts';
import { problemsOf } from './kill/store-problems.ts';
import { Victim, WITNESS, closed } from './kill/victim.ts';
import { notebookText, pipelineOfText, type Row } from './pipeline/notebook.ts';

/** On a developer's machine a taste of it, in CI all. */
const SHARE = process.env['CI'] ? 1 : 0.2;
/** Cases of each. A writer's has four kills, one of a runner's up to three: 222 together. */
const KILLS = { writer: 30, script: 30, command: 5, step: 16, items: 16 };
/** So many side by side. */
const LANES = 3;

/** Every program says that it begins; a loop, a condition, chance, and values from a few bytes to a megabyte. */
const NOTEBOOK: Row[] = [
  [
    'none',
    `import { foreach } from "tagflow"
const begins = (name: string) => process.getBuiltinModule("node:fs").appendFileSync(process.env.${WITNESS}!, process.pid + " " + name + "\\n")
const work = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))`,
  ],
  [
    'step:load',
    'begins("load/0"); await work(10); const rows = Array.from({ length: 24 }, (_, i) => ({ i }))',
  ],
  [
    'step:fit',
    `begins("fit/0"); const k = rows.length
const ys = await foreach(rows, async ({ i }) => { begins("fit/1." + i); await work(6); return { i, y: i * k } }, { concurrency: 2 })
begins("fit/2"); const total = ys.reduce((sum, { y }) => sum + y, 0); const same = rows`,
  ],
  [
    'step:large',
    'begins("large/0"); await work(10); const large = rows.map(({ i }) => new Float64Array(5_000).fill(i))',
  ],
  [
    'step:choose',
    'let best = -1; if (total > 10) { begins("choose/1"); await work(10); best = total } else { best = 0 }',
  ],
  ['step:end', 'begins("end/0"); const z = [best, large.length, same.indexOf(rows[3]!), total]'],
].map(
  ([tag, source]) => [tag!, source!, ...(tag === 'none' ? [] : [{ cache: true, envFrom: [WITNESS] }])] as Row,
);

let template: string;
/** What an undisturbed run made. */
let expected: string[];

beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'tagflow-kill-template-'));
  const text = notebookText(NOTEBOOK);
  writeFileSync(join(template, 'notebook.ipynb'), text);
  writeFileSync(join(template, 'pipeline.json'), JSON.stringify(pipelineOfText(text)));
  writeFileSync(join(template, 'package.json'), '{}');
  const undisturbed = new Victim(template);
  const { code, err } = await closed(undisturbed.start());
  expect([err, code]).toEqual(['', 0]);
  expected = valuesOf((await undisturbed.latest())!);
  expect(expected).toHaveLength(8);
  undisturbed.remove();
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

function valuesOf(run: Run): string[] {
  return run.steps
    .flatMap(({ name, outputs }) => outputs.map((each) => `${name} ${each.name} ${each.digest}`))
    .sort();
}

/** Does something for each seed, some side by side. */
async function forSeeds(kills: number, kill: (seed: number) => Promise<void>, lanes = LANES): Promise<void> {
  const seeds = Array.from({ length: Math.ceil(kills * SHARE) }, (_, seed) => seed);
  const lane = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      try {
        await kill(seed);
      } catch (error) {
        throw new Error(`Seed ${seed}: ${(error as Error).message}`, { cause: error });
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** After a kill: the store is whole; what was recorded as done is not done again; the values are the same. */
async function goesOn(victim: Victim): Promise<void> {
  await victim.settled();
  expect(problemsOf(victim.store.location)).toEqual([]);
  const finished = new Set(await victim.finished());
  const before = victim.begun();
  const { code, err } = await closed(victim.start((await victim.latest())?.id));
  expect([err, code]).toEqual([expect.any(String), 0]);
  const after = victim.begun().slice(before.length);
  expect(after.filter(({ name }) => finished.has(name))).toEqual([]);
  expect(valuesOf((await victim.latest())!)).toEqual(expected);
  expect(problemsOf(victim.store.location)).toEqual([]);
}

test('a writer in the middle of its writing', async () => {
  const writer = fileURLToPath(new URL('./kill/writer.mjs', import.meta.url));
  const kill = async (seed: number): Promise<void> => {
    const random = randomFrom(seed);
    const folder = mkdtempSync(join(tmpdir(), 'tagflow-kill-writer-'));
    const store = join(folder, '.tagflow');
    // One is killed after another in the same store, two at a time.
    for (let times = 0; times < 2; times++) {
      const writers = [0, 1].map(() =>
        spawn(process.execPath, [writer, store, String(seed)], { stdio: 'ignore' }),
      );
      const all = writers.map((each) => closed(each));
      while (!existsSync(join(store, 'store.json'))) await sleep(2);
      await sleep(random() * 150);
      for (const each of writers) each.kill('SIGKILL');
      await Promise.all(all);
    }
    expect(problemsOf(store)).toEqual([]);
    rmSync(folder, { recursive: true });
  };
  // Not side by side: while one store is looked at, nothing would kill the writers of another.
  await forSeeds(KILLS.writer, kill, 1);
}, 600_000);

test.each<[string, number, boolean]>([
  ['the runner', KILLS.script, false],
  ['the command', KILLS.command, true],
])(
  '%s, up to three times in a row',
  async (_, kills, isCommand) => {
    await forSeeds(kills, async (seed) => {
      const random = randomFrom(seed);
      const victim = new Victim(template, isCommand);
      for (let times = 0; times <= seed % 3; times++) {
        const runner = victim.start((await victim.latest())?.id);
        const end = closed(runner);
        await sleep((isCommand ? 800 : 150) + random() * (isCommand ? 1500 : 1000));
        runner.kill('SIGKILL');
        await end;
        await victim.settled();
      }
      await goesOn(victim);
      victim.remove();
    });
  },
  900_000,
);

test.each<[string, number, RegExp]>([
  ["a step's process", KILLS.step, /^(load|large|choose|end)\/|^fit\/[02]$/],
  ['a process of items', KILLS.items, /^fit\/1/],
])(
  '%s',
  async (_, kills, fits) => {
    await forSeeds(kills, async (seed) => {
      const random = randomFrom(seed);
      const victim = new Victim(template);
      const runner = victim.start();
      const end = closed(runner);
      // Not always the first that there is.
      await sleep(random() * 500);
      const pid = await victim.atWork(fits, runner);
      await sleep(random() * 12);
      if (pid !== undefined) killIfThere(pid);
      const { code } = await end;
      const run = (await victim.latest())!;
      // It may have been done already.
      expect([code, run.state]).toEqual(code === 0 ? [0, 'succeeded'] : [1, 'failed']);
      for (const { failure } of run.steps)
        if (failure) expect(failure).toMatchObject({ name: 'ProcessEnded', signal: 'SIGKILL' });
      await goesOn(victim);
      victim.remove();
    });
  },
  900_000,
);

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
