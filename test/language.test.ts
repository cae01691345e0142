import { Notebook } from './language/notebook.ts';
import { SPECIFICATION } from './language/specification.ts';

describe('a cell is a module', () => {
  test.each(Object.entries(SPECIFICATION))('%s', async (_title, rows) => {
    const notebook = new Notebook();
    for (const [id, source, expected = {}] of rows) {
      const { cell, value, error } = await notebook.run(id, source);
      const codes = (isError: boolean) =>
        cell.diagnostics.filter(({ severity }) => (severity === 'error') === isError).map(({ code }) => code);
      const seen = {
        cell: `${id}: ${source}`,
        errors: codes(true),
        warnings: codes(false),
        thrown: error === undefined ? undefined : String(error),
        ...('value' in expected && { value }),
        ...('imports' in expected && { imports: cell.imports.map(worded).join(' ') }),
      };
      expect(seen).toEqual({
        cell: `${id}: ${source}`,
        errors: expected.errors ?? [],
        warnings: expected.warnings ?? [],
        thrown: expected.throws ? expect.stringMatching(expected.throws) : undefined,
        ...('value' in expected && { value: expected.value }),
        ...('imports' in expected && { imports: expected.imports }),
      });
    }
  });
});

function worded({ name, cell, typeOnly }: { name: string; cell: string; typeOnly: boolean }): string {
  return `${name}<${cell}${typeOnly ? ':type' : ''}`;
}
