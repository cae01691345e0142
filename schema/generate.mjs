// JSON Schemas -> types and standalone validators in src/generated/. With --check: fails when they are not current.
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { compile } from 'json-schema-to-typescript';

const here = new URL('.', import.meta.url);
const sources = ['cell', 'notebook', 'pipeline', 'run', 'lineage', 'diff', 'deployment', 'message'];
/** Definitions that something outside the process hands in, so that they are validated where they enter. */
const validated = [
  'CellSettings',
  'NotebookSettings',
  'Pipeline',
  'RunStart',
  'RunEnd',
  'AttemptStart',
  'AttemptEnd',
  'CacheEntry',
  'Deployment',
  'Placement',
  'Request',
  'Reply',
];

const definitions = {};
for (const name of sources) {
  const text = readFileSync(new URL(`${name}.json`, here), 'utf8').replace(/"\w+\.json#\//g, '"#/');
  // A description beside a $ref would make the generator write the type out again.
  const schema = JSON.parse(text, (_, value) => (value?.$ref ? { $ref: value.$ref } : value));
  for (const [key, definition] of Object.entries(schema.definitions)) {
    if (definitions[key]) throw new Error(`${key} is defined twice`);
    definitions[key] = definition;
  }
}

const banner = '// Generated from schema/*.json by `npm run generate`. Do not edit.\n';
const all = { $id: 'tagflow', definitions };
const types = await compile(
  { ...all, title: 'Definitions', type: 'object', additionalProperties: false },
  'Definitions',
  {
    bannerComment: banner.trim(),
    unreachableDefinitions: true,
    style: { singleQuote: true, printWidth: 110 },
  },
);

const ajv = new Ajv({
  code: { source: true, esm: true, lines: true },
  inlineRefs: false,
  strictTypes: false,
  // For the types alone: `unknown` where any JSON value may stand.
  keywords: ['tsType'],
});
// Every process loads the validators: texts for people would make them twice as large.
ajv.addSchema(withoutDescriptions(all));
const code = standaloneCode(
  ajv,
  Object.fromEntries(validated.map((name) => [`validate${name}`, `tagflow#/definitions/${name}`])),
);
if (/\brequire\(/.test(code))
  throw new Error('a validator needs ajv at run time: avoid minLength, maxLength, uniqueItems and formats');
const typed =
  banner +
  `import * as compiled from './compiled.js';\n` +
  `import type { ${validated.join(', ')} } from './types.js';\n\n` +
  `export interface ValidationError {\n  instancePath: string;\n  keyword: string;\n  message?: string;\n  params: Record<string, unknown>;\n}\n` +
  `/** Whether the data has the type; if not, \`errors\` says why. */\nexport interface Validate<T> {\n  (data: unknown): data is T;\n  errors?: ValidationError[] | null;\n}\n\n` +
  validated
    .map(
      (name) => `export const validate${name} = compiled.validate${name} as unknown as Validate<${name}>;\n`,
    )
    .join('');

function withoutDescriptions(schema) {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'description' && typeof value === 'string' ? undefined : value,
  );
}

const files = {
  'types.ts': types,
  'compiled.js': banner + '/* eslint-disable */\n' + code + '\n',
  'validators.ts': typed,
};
const out = new URL('src/generated/', here);
mkdirSync(out, { recursive: true });
let stale = false;
for (const [file, text] of Object.entries(files)) {
  const url = new URL(file, out);
  if (process.argv.includes('--check')) {
    let old = '';
    try {
      old = readFileSync(url, 'utf8');
    } catch {
      // absent: stale
    }
    if (old !== text) {
      stale = true;
      console.error(`schema/src/generated/${file} is not current: run \`npm run generate\` and commit it.`);
    }
  } else writeFileSync(url, text);
}
process.exit(stale ? 1 : 0);
