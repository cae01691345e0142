/** Each notebook of test/notebooks against test/golden/<name>/: pipeline.json, one program a step, and the check's text. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { validatePipeline } from '../schema/lib/index.js';
import { checkText } from '../kernel/lib/pipeline/report.js';
import { pipelineOfText } from './pipeline/notebook.ts';

const NOTEBOOKS = fileURLToPath(new URL('notebooks/', import.meta.url));
const GOLDEN = fileURLToPath(new URL('golden/', import.meta.url));
const names = readdirSync(NOTEBOOKS).filter((file) => file.endsWith('.ipynb'));

describe('notebooks and their pipelines', () => {
  test.each(names)('%s', (file) => {
    const name = file.replace('.ipynb', '');
    const pipeline = pipelineOfText(readFileSync(NOTEBOOKS + file, 'utf8'), file);
    expect([validatePipeline(pipeline), validatePipeline.errors]).toEqual([true, null]);
    const programs = pipeline.steps.flatMap(({ name: step, programs }) =>
      programs.map(({ source, segment }): [string, string] => [
        programs.length === 1 ? `${step}.ts` : `${step}.${segment}.ts`,
        source.replace(/\n\/\/# sourceMappingURL=.*/, ''),
      ]),
    );
    const withoutSources = structuredClone(pipeline);
    for (const step of withoutSources.steps) for (const program of step.programs) program.source = '';
    const found: [string, string][] = [
      ['pipeline.json', `${JSON.stringify(withoutSources, null, 2)}\n`],
      ['check.txt', checkText(pipeline)],
      ...programs,
    ];
    for (const [part, text] of found) compare(`${GOLDEN}${name}`, part, text);
    // What becomes of it on a cluster is of test/export-argo.test.ts.
    const parts = readdirSync(`${GOLDEN}${name}`).filter((part) => part !== 'argo.yaml');
    if (!process.env.UPDATE) expect(parts.sort()).toEqual(found.map(([part]) => part).sort());
  });
});

function compare(folder: string, part: string, text: string): void {
  const file = `${folder}/${part}`;
  if (process.env.UPDATE) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
  }
  expect(existsSync(file) ? readFileSync(file, 'utf8') : `${part} is missing: run with UPDATE=1`).toBe(text);
}
