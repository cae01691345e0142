/** What sets everything up begins on a fresh clone: it needs no package before it has installed them. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import * as vm from 'node:vm';

/** Only where Node is told to have it, as in tests; its types do not know it so. */
const { SourceTextModule } = vm as unknown as {
  SourceTextModule: new (source: string) => { dependencySpecifiers: string[] };
};

const ROOT = join(import.meta.dirname, '..');

test.each(['binder/start.mjs', 'test/run.mjs', 'test/cluster/cluster.mjs', 'test/bench/run.mjs'])(
  '%s imports no package',
  (entry) => {
    const files = new Set([join(ROOT, entry)]);
    const packages: string[] = [];
    for (const file of files) {
      // What is imported where it is needed comes later, and is none of these.
      const { dependencySpecifiers } = new SourceTextModule(readFileSync(file, 'utf8'));
      for (const specifier of dependencySpecifiers) {
        if (specifier.startsWith('.')) files.add(join(dirname(file), specifier));
        else if (!specifier.startsWith('node:')) packages.push(`${relative(ROOT, file)}: ${specifier}`);
      }
    }
    expect(packages).toEqual([]);
  },
);
