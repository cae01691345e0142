/** Scripts that no compiler checks take from the packages what is there. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const scripts = ['binder', 'test'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mjs') && !/node_modules|output/.test(name))
    .map((name) => join(ROOT, folder, name)),
);
const IMPORT = /^import \{([^}]*)\} from '(\.[^']*\/lib\/[^']*)';$/gm;

/** What is imported, as `MODULE NAME`, that the module does not export. */
async function missingIn(script: string): Promise<string[]> {
  const missing: string[] = [];
  for (const [, names, path] of readFileSync(script, 'utf8').matchAll(IMPORT)) {
    const module = resolve(dirname(script), path!);
    const exported = (await import(module)) as object;
    for (const name of names!.split(',').map((each) => each.trim().split(' as ')[0]!))
      if (name !== '' && !(name in exported)) missing.push(`${path} ${name}`);
  }
  return missing;
}

test('there are such scripts', () => {
  expect(scripts.some((script) => script.endsWith('store.mjs'))).toBe(true);
});

test.each(scripts.map((script) => [script.slice(ROOT.length + 1), script]))('%s', async (_, script) => {
  expect(await missingIn(script)).toEqual([]);
});
