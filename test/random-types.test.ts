/**
 * Random notebooks about types, changed again and again: what was kept from one look at the notebook to the next is what
 * a fresh look finds. RANDOM_SEED says where they begin, RANDOM_NOTEBOOKS how many there are.
 */
import { Language } from '../kernel/lib/language/language.js';
import { type Analysis, pipelineOf } from '../kernel/lib/pipeline/index.js';
import { FOLDER, notebookText } from './pipeline/notebook.ts';
import { Chance } from './random/chance.ts';
import { typedEdit, typedNotebook } from './random/typed.ts';

const first = Number(process.env['RANDOM_SEED'] ?? 1);
const count = Number(process.env['RANDOM_NOTEBOOKS'] ?? 20);
const EDITS = 6;

test(`types in ${count} random notebooks`, () => {
  const language = new Language(FOLDER);
  const findings: string[] = [];
  for (let seed = first; seed < first + count && findings.length < 5; seed++) {
    const chance = new Chance(seed);
    let rows = typedNotebook(chance);
    let document: Analysis['document'] | undefined;
    for (let i = 0; i <= EDITS; i++) {
      if (i > 0) rows = typedEdit(rows, chance);
      const text = notebookText(rows);
      const kept = pipelineOf(text, { directory: FOLDER, name: 'n', language, document });
      ({ document } = kept);
      const fresh = pipelineOf(text, { directory: FOLDER, name: 'n', language });
      if (told(kept) === told(fresh)) continue;
      const cells = rows.map(([tag, source], at) => `// ${at} ${tag}\n${source}`).join('\n');
      findings.push(`RANDOM_SEED=${seed}, edit ${i}\n${cells}\n${difference(told(kept), told(fresh))}`);
      break;
    }
  }
  expect(findings.join('\n\n----\n\n')).toBe('');
}, 3_600_000);

/** In which order the compiler names the members of a union depends on what it has seen before. */
function told({ pipeline }: Analysis): string {
  const unordered = (_: string, value: unknown) => {
    if (typeof value === 'string' && value.includes(' | '))
      return value
        .split(/([ |(){}[\];,])/)
        .sort()
        .join('');
    if (!value || typeof value !== 'object' || Array.isArray(value)) return value;
    // A message may be about any of the members.
    if ('message' in value) return { ...value, message: String(value.message).replace(/'[^']*'/g, '…') };
    const schema = value as { anyOf?: unknown[]; enum?: unknown[] };
    const sorted = (list: unknown[]) => list.map((each) => JSON.stringify(each)).sort();
    if (schema.anyOf) return { ...schema, anyOf: undefined, either: sorted(schema.anyOf) };
    return schema.enum ? { ...schema, enum: sorted(schema.enum) } : value;
  };
  return JSON.stringify(pipeline, unordered, 1);
}

function difference(kept: string, fresh: string): string {
  const before = kept.split('\n');
  const after = fresh.split('\n');
  const at = before.findIndex((line, i) => line !== after[i]);
  return `kept ${before.slice(at, at + 3).join('\n')}\nfresh ${after.slice(at, at + 3).join('\n')}`;
}
