// The same chain of trivial steps for both: each takes a number and gives the next.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a notebook of `count` steps; returns its path. */
export function writeNotebook(folder, count) {
  const cells = Array.from({ length: count }, (_, i) => ({
    cell_type: 'code',
    id: `step-${i}`,
    metadata: { tags: [`step:step-${i}`] },
    execution_count: null,
    outputs: [],
    source: i === 0 ? 'const n0 = 1;' : `const n${i} = n${i - 1} + 1;`,
  }));
  const kernelspec = { name: 'tagflow', display_name: 'Tagflow', language: 'typescript' };
  const file = join(folder, `steps${count}.ipynb`);
  writeFileSync(file, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells }));
  return file;
}

/** Writes a Metaflow flow of `count` steps; returns its path. */
export function writeFlow(folder, count) {
  const names = ['start', ...Array.from({ length: count - 2 }, (_, i) => `middle${i}`), 'end'];
  const steps = names.map((name, i) => {
    const value = i === 0 ? '1' : 'self.n + 1';
    const next = names[i + 1] ? `\n        self.next(self.${names[i + 1]})` : '';
    return `    @step\n    def ${name}(self):\n        self.n = ${value}${next}\n`;
  });
  const main = `if __name__ == "__main__":\n    Steps${count}()\n`;
  const file = join(folder, `steps${count}.py`);
  const text = `from metaflow import FlowSpec, step\n\n\nclass Steps${count}(FlowSpec):\n${steps.join('\n')}\n\n${main}`;
  writeFileSync(file, text);
  return file;
}

/** An empty folder that is a project of its own, so that every run starts with an empty store. */
export function newProject(parent) {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'project-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  return folder;
}
