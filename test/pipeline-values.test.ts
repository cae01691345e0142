import { decode } from '../kernel/lib/store/codec.js';
import { pipelineFrom, type Row } from './pipeline/notebook.ts';
import { CHANGED, SAME } from './pipeline/same-values.ts';
import { valuesOfNotebook, valuesOfPipeline } from './pipeline/values.ts';

describe('a pipeline gives the values that its notebook gives', () => {
  test.each(Object.entries(SAME))('%s', async (_title, rows) => {
    const pipeline = pipelineFrom(rows);
    expect(errorsIn(rows)).toEqual([]);
    const expected = await valuesOfNotebook(rows, pipeline);
    const found = await valuesOfPipeline(pipeline);
    let compared = 0;
    for (const [step, values] of expected) {
      for (const [variable, bytes] of values) {
        const got = found.get(step)?.get(variable);
        const at = `${variable} after ${step}`;
        expect([at, got && hex(got)]).toEqual([at, hex(bytes)]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(0);
  });

  test.each(Object.entries(CHANGED))(
    'what the compiler does not see is caught in the run: %s',
    async (name, rows) => {
      expect(errorsIn(rows)).toEqual([]);
      await expect(valuesOfPipeline(pipelineFrom(rows))).rejects.toThrow(`${name} was changed in place`);
    },
  );
});

function errorsIn(rows: Row[]): string[] {
  return pipelineFrom(rows).diagnostics.flatMap(({ severity, code, message }) =>
    severity === 'error' ? [`${code} ${message}`] : [],
  );
}

function hex(bytes: Uint8Array): string {
  return `${Buffer.from(bytes).toString('hex')} ${readable(bytes)}`;
}

function readable(bytes: Uint8Array): string {
  return JSON.stringify(decode(bytes), (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}
