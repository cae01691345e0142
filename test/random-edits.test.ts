/**
 * Random notebooks that are run, changed and run again: with the cache, the values are those of a run without it.
 * RANDOM_SEED says where they begin, RANDOM_EDITS how many there are.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '@tagflow/schema';
import { FolderStore } from '../kernel/lib/store/file.js';
import { pipelineFrom, type Row } from './pipeline/notebook.ts';
import { runHere } from './pipeline/values.ts';
import { randomEdit } from './random/edits.ts';
import { randomNotebook } from './random/notebook.ts';

const first = Number(process.env['RANDOM_SEED'] ?? 1);
const count = Number(process.env['RANDOM_EDITS'] ?? 100);
const FAST = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

test(`${count} random edits`, async () => {
  const findings: string[] = [];
  let compared = 0;
  let stood = 0;
  for (let seed = first; seed < first + count; seed++) {
    let rows = randomNotebook(seed);
    if (isRefused(rows)) continue;
    const location = mkdtempSync(join(FAST, 'tagflow-edits-'));
    try {
      const store = new FolderStore(join(location, 'store'));
      await runHere(pipelineFrom(rows), store);
      // Each change is made on top of those before it, and one run may take over from any earlier one.
      for (let i = 0; i < 3; i++) {
        const edit = randomEdit(rows, seed * 10 + i);
        if (isRefused(edit.rows)) continue;
        rows = edit.rows;
        const pipeline = pipelineFrom(rows);
        const cached = await runHere(pipeline, store);
        const fresh = await runHere(pipeline, new FolderStore(join(location, `fresh-${i}`)));
        compared++;
        stood += cached.steps.filter((step) => step.cached).length;
        if (JSON.stringify(told(cached)) === JSON.stringify(told(fresh))) continue;
        const cells = rows.map(([tag, source]) => `// ${tag}\n${source}`).join('\n\n');
        const text = `RANDOM_SEED=${seed} RANDOM_EDITS=1: ${edit.what}\n${JSON.stringify(told(cached), null, 1)}\nfresh ${JSON.stringify(told(fresh), null, 1)}\n${cells}`;
        process.stderr.write(`${text}\n\n`);
        findings.push(text);
      }
    } finally {
      rmSync(location, { recursive: true, force: true });
    }
    if (findings.length >= 10) break;
  }
  process.stderr.write(`${JSON.stringify({ compared, stood, findings: findings.length })}\n`);
  expect(findings.join('\n\n----\n\n')).toBe('');
  expect(compared).toBeGreaterThan(count / 2);
  expect(stood).toBeGreaterThan(compared / 2);
}, 3_600_000);

const isRefused = (rows: Row[]): boolean =>
  pipelineFrom(rows).diagnostics.some(({ severity }) => severity === 'error');

/** State and digests of each step; of a failed run what failed. */
const told = (run: Run): unknown =>
  run.steps.map(({ name, state, outputs, failure, branch }) => [
    name,
    state,
    branch,
    failure?.message,
    ...outputs.map(({ variable, digest }) => `${variable} ${digest.slice(0, 12)}`),
  ]);
