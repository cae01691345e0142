import type { Row } from './notebook.ts';

/** A step whose one item fails at first, in a loop of its own, and has other items there when it is tried again. */
export function triedAgain(mark: string): Row[] {
  const code = `import { existsSync, writeFileSync } from "node:fs"
const [z] = await foreach([${JSON.stringify(mark)}], async (mark) => {
  const isFirst = !existsSync(mark)
  writeFileSync(mark, "")
  const cells = await foreach(isFirst ? [10, 20] : [30, 40], (n) => {
    console.log("worked on", n)
    if (n === 20) throw new Error("no twenty")
    return n
  }, { concurrency: 1 })
  return cells
})`;
  return [['step:a', code, { retries: 1 }]];
}
