/**
 * Random notebooks: refused, failed naming the variable, or with the values that their cells give, and nothing else.
 * RANDOM_SEED says where they begin, RANDOM_NOTEBOOKS how many there are.
 */
import { randomNotebook } from './random/notebook.ts';
import { outcomeOf } from './random/outcome.ts';

const first = Number(process.env['RANDOM_SEED'] ?? 1);
const count = Number(process.env['RANDOM_NOTEBOOKS'] ?? 2000);

test(`${count} random notebooks`, async () => {
  const counts: Record<string, number> = {};
  const findings: string[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const rows = randomNotebook(seed);
    const outcome = await outcomeOf(rows);
    counts[outcome.kind] = (counts[outcome.kind] ?? 0) + 1;
    if (outcome.kind !== 'finding') continue;
    const cells = rows.map(([tag, source]) => `// ${tag}\n${source}`).join('\n\n');
    const text = `RANDOM_SEED=${seed} RANDOM_NOTEBOOKS=1\n${outcome.what}\n\n${cells}`;
    process.stderr.write(`${text}\n\n`);
    findings.push(text);
    if (findings.length === 20) break;
  }
  process.stderr.write(`${JSON.stringify(counts)}\n`);
  expect(findings.join('\n\n----\n\n')).toBe('');
  // Most of them must get as far as being compared.
  expect(counts['same']).toBeGreaterThan(count / 4);
}, 3_600_000);
