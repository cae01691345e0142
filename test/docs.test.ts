/** What is written about Tagflow, held against Tagflow: diagnostics, commands, links. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DIAGNOSTICS } from '../kernel/lib/diagnostics/table.js';
import { runTagflow } from './command/tagflow.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DOCS = join(ROOT, 'kernel', 'docs');
const pages = ['README.md', ...readdirSync(DOCS).map((name) => join('kernel', 'docs', name))];

const GROUPS: Record<string, string> = {
  TF1: 'The notebook and its tags',
  TF2: 'The order of steps',
  TF3: 'Names and values',
  TF4: 'Types of values',
  TF5: 'The place',
  TF6: 'The live notebook',
  TF8: 'The cluster',
};

/** The page of diagnostics, which is made from their table. */
function diagnosticsPage(): string {
  const rows = Object.entries(DIAGNOSTICS).map(([code, { severity, sentence, advice }]) => ({
    code,
    text: `- **${code}**, ${severity}: ${words(sentence)}\n  ${words(advice)}\n`,
  }));
  const groups = [...new Set(rows.map(({ code }) => code.slice(0, 3)))];
  const chapters = groups.map(
    (group) =>
      `## ${GROUPS[group]}\n\n${rows
        .filter(({ code }) => code.startsWith(group))
        .map(({ text }) => text)
        .join('')}`,
  );
  const head =
    '# Diagnostics\n\nWhat Tagflow says of a notebook, by code. Codes that begin with TS are the TypeScript compiler’s own.\n';
  return [head, ...chapters].join('\n');
}

/** A placeholder is shown as one. In code, a star is a star. */
function words(text: string): string {
  return text
    .replaceAll(/\{(why|where)\}/g, '') // said in some cases
    .replaceAll(/(\{\w+\})+/g, '…')
    .split('`')
    .map((part, i) => (i % 2 === 0 ? part.replaceAll('*', '\\*') : part))
    .join('`');
}

test('the page of diagnostics is current', () => {
  const file = join(DOCS, 'diagnostics.md');
  if (process.env['UPDATE']) writeFileSync(file, diagnosticsPage());
  expect(readFileSync(file, 'utf8')).toBe(diagnosticsPage());
});

test.each(pages)('%s: links lead somewhere', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const links = [...text.matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map(([, link]) => link!);
  const broken = links.filter(
    (link) => !/^https?:/.test(link) && !existsSync(join(ROOT, dirname(page), link)),
  );
  expect(broken).toEqual([]);
});

test('commands and options that are named exist', async () => {
  const text = pages.map((page) => readFileSync(join(ROOT, page), 'utf8')).join('\n');
  const named = new Map<string, Set<string>>();
  for (const [, command, rest] of text.matchAll(/\btagflow ([a-z]+)((?: +[^\n`#]*)?)/g)) {
    const options = named.get(command!) ?? new Set();
    for (const [option] of rest!.matchAll(/--[a-z-]+/g)) options.add(option);
    named.set(command!, options);
  }
  const { out } = await runTagflow(ROOT, ['--help']);
  const commands = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!);
  const known = [...named].filter(([command]) => commands.includes(command));
  expect(known.length).toBeGreaterThan(12);
  for (const [command, options] of known) {
    const help = (await runTagflow(ROOT, [command, '--help'])).out;
    expect([command, [...options].filter((option) => !help.includes(option))]).toEqual([command, []]);
  }
}, 120_000);

test('messages that are explained are messages', () => {
  const sources = ['kernel/src', 'labextension/src'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
  );
  // A sentence may be broken over lines where it is written.
  const text = sources.join('\n').replaceAll(/\s+/g, ' ');
  const rows = [...readFileSync(join(DOCS, 'troubleshooting.md'), 'utf8').matchAll(/^\| ([^|]+) \|/gm)];
  const messages = rows
    .map(([, cell]) => cell!.trim())
    .filter((cell) => !/^(message|-+|No kernel)/.test(cell));
  const parts = messages.flatMap((message) => message.split('…').map((part) => part.trim()));
  expect(parts.filter((part) => part !== '' && !text.includes(part))).toEqual([]);
});

/** Names of all properties of a definition, those of objects in it as `outer.inner`. */
function settingsIn(definition: Schema, before = ''): string[] {
  return Object.entries(definition.properties ?? {}).flatMap(([name, value]) =>
    value.properties ? settingsIn(value, `${before}${name}.`) : [before + name],
  );
}

test.each([
  ['deployment.json', 'Deployment'],
  ['cell.json', 'CellSettings'],
  ['notebook.json', 'NotebookSettings'],
  ['notebook.json', 'ClusterSettings'],
])('the README tells of every setting in %s, %s', (file, name) => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const { definitions } = JSON.parse(readFileSync(join(ROOT, 'schema', file), 'utf8')) as {
    definitions: Record<string, Schema>;
  };
  const settings = settingsIn(definitions[name]!);
  expect(settings.length).toBeGreaterThan(3);
  const told = (setting: string): boolean =>
    [setting, setting.split('.')[0]!, setting.split('.').at(-1)!].some(
      (each) => readme.includes(`\`${each}\``) || readme.includes(`\`cluster.${each}\``),
    );
  expect(settings.filter((setting) => !told(setting))).toEqual([]);
});

interface Schema {
  properties?: Record<string, Schema>;
}
