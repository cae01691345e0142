/** What a run says of itself does nothing to the terminal on which commands tell it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printable } from '../kernel/lib/run/printable.js';
import { type Ended, runTagflow, writeNotebook } from './command/tagflow.ts';

test.each([
  ['text', 'a\tb\nc é 漢 🎉 \u200d', 'a\tb\nc é 漢 🎉 \u200d'],
  ['ends of lines as Windows has them', 'a\r\nb', 'a\nb'],
  ['colours', '\x1b[31mred\x1b[0m \x1b[1;38;5;9mbold', '\x1b[31mred\x1b[0m \x1b[1;38;5;9mbold'],
  ['what clears a screen', 'a\x1b[2Jb\x9b2J', 'a\\x1b[2Jb\\x9b2J'],
  ['a title', '\x1b]0;title\x07', '\\x1b]0;title\\x07'],
  ['what goes back', 'yes\rno \b', 'yes\\x0dno \\x08'],
  ['what turns the direction', '\u202egpj.exe', '\\u202egpj.exe'],
])('%s', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('no command passes on what a terminal obeys', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tagflow-terminal-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{}');
    mkdirSync(join(folder, 'data'));
    const name = 'no\x1b[2J\u202ete';
    writeFileSync(join(folder, 'data', name), '1');
    const message = String.raw`"\x1b[2J\x9b2J\x1b]0;title\x07 \u202e"`;
    writeNotebook(folder, `${name}.ipynb`, [
      ['parameters', 'const text = "\u202e \x1b[2J";'],
      [
        'step:read',
        'import { file } from "tagflow";\nimport { readdirSync } from "node:fs";\nconst size = readdirSync(file("./data")).length;',
      ],
      ['step:log', `console.log("10 %\\r20 %\\r" + size + ${message});`],
      ['step:fail', `if (size > 0) throw Object.assign(new Error(${message}), { name: ${message} });`],
    ]);

    const tagflow = (...parameters: string[]): Promise<Ended> => runTagflow(folder, parameters);
    const first = await tagflow('run', `${name}.ipynb`);
    expect(first.out).toContain('[log] 1\\x1b[2J\\x9b2J\\x1b]0;title\\x07 \\u202e\n');
    expect(first.out).toContain('fail failed in cell 4, line 1: \\x1b[2J');
    writeFileSync(join(folder, 'data', name), '2');
    const all = [
      first,
      await tagflow('check', `${name}.ipynb`, '--stale'),
      await tagflow('run', `${name}.ipynb`, '--param', 'text=x'),
      await tagflow('runs'),
      await tagflow('show', 'latest'),
      await tagflow('show', 'latest', 'fail'),
      await tagflow('explain', 'latest', 'read'),
      await tagflow('diff', (await tagflow('runs')).out.trim().split('\n').at(-1)!.split(' ')[0]!, 'latest'),
      await tagflow('lineage', 'latest', 'read', 'size'),
      await tagflow('replay', 'latest', 'fail'),
      await tagflow('run', `${name}-2.ipynb`),
    ];
    for (const { out, err } of all) expect(out + err).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(all[6]!.out).toContain('file data/no\\x1b[2J\\u202ete has changed');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
