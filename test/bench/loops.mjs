// The same loop over trivial items, with a join, for both; and for ours alone one over very many.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, median, rest, tell, time } from './measure.mjs';
import { metaflowEnvironment, newProject, runNotebook, writeCells } from './steps.mjs';

const ITEMS = 100;
const MANY = 10_000;

export async function compareLoops({ python, parent }, rounds) {
  const seconds = { ours: [], metaflow: [], one: [], many: [] };
  for (let round = 0; round < rounds; round++) {
    seconds.ours.push(await ours(parent, ITEMS));
    seconds.metaflow.push(await metaflows(python, parent));
    seconds.one.push(await ours(parent, 1));
  }
  // Afterwards: the disk is busy for long after so many records have been written and removed.
  for (let round = 0; round < rounds; round++) seconds.many.push(await ours(parent, MANY));
  const { one, many } = seconds;
  compare(`a loop over ${ITEMS} items`, 'Metaflow', median(seconds.ours), median(seconds.metaflow));
  const each = (all, count) => all.map((whole, round) => (whole - one[round]) / (count - 1));
  tell(`an item more, of ${ITEMS}`, each(seconds.ours, ITEMS));
  tell(`an item more, of ${MANY}`, each(many, MANY));
  tell(`a loop over ${MANY} items`, many);
}

async function ours(parent, count) {
  await rest();
  const project = newProject(parent);
  try {
    return await runNotebook(project, writeLoop(project, count));
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

async function metaflows(python, parent) {
  await rest();
  const project = newProject(parent);
  try {
    const flow = writeLoopFlow(project, ITEMS);
    const options = { cwd: project, env: metaflowEnvironment(project) };
    return (await time(python, [flow, 'run', '--max-num-splits', String(ITEMS)], options)).seconds;
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** A notebook whose loop makes one number of each of `count`; the join adds them. Returns its path. */
function writeLoop(folder, count) {
  return writeCells(folder, `loop${count}`, {
    begin: `const numbers = Array.from({ length: ${count} }, (_, i) => i);`,
    loop: [
      `import { foreach } from 'tagflow';`,
      'const squares = await foreach(numbers, (n) => n * n);',
      'const sum = squares.reduce((a, b) => a + b, 0);',
    ].join('\n'),
    end: 'const half = sum / 2;',
  });
}

function writeLoopFlow(folder, count) {
  const file = join(folder, 'loop.py');
  writeFileSync(
    file,
    `from metaflow import FlowSpec, step


class Loop(FlowSpec):
    @step
    def start(self):
        self.numbers = list(range(${count}))
        self.next(self.square, foreach="numbers")

    @step
    def square(self):
        self.result = self.input * self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.sum = sum(each.result for each in inputs)
        self.next(self.end)

    @step
    def end(self):
        self.half = self.sum / 2


if __name__ == "__main__":
    Loop()
`,
  );
  return file;
}
