// 200 typed cells as a notebook has them: twenty kinds, in ten variants that differ in their names.
const KINDS = [
  `interface Order$ { id: number; customer: string; country: 'nl' | 'de' | 'fr'; cents: number; lines: string[] }
type NumericKey$ = { [K in keyof Order$]: Order$[K] extends number ? K : never }[keyof Order$];`,
  `const countries$ = ['nl', 'de', 'fr'] as const;
const orders$: Order$[] = Array.from({ length: 400 }, (_, i) => ({
  id: i, customer: \`customer-\${i % 40}\`, country: countries$[i % 3]!, cents: (i * 7919) % 10007, lines: i % 2 ? ['a', 'b'] : ['c'],
}));
orders$.length`,
  `function groupBy$<T, K extends string>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}`,
  `const byCountry$ = groupBy$(orders$, (order) => order.country);
[...byCountry$.keys()]`,
  `const turnover$ = new Map([...byCountry$].map(([country, list]) => [country, list.reduce((sum, o) => sum + o.cents, 0)] as const));
[...turnover$.entries()]`,
  `import * as path$ from 'node:path';
path$.join('data', 'orders', '$.json')`,
  `import { createHash as hash$ } from 'node:crypto';
const digest$: string = hash$('sha256').update(JSON.stringify(orders$)).digest('hex');
digest$.slice(0, 12)`,
  `class Running$ {
  private count = 0;
  private total = 0;
  add(value: number): this { this.count++; this.total += value; return this; }
  get mean(): number { return this.count === 0 ? 0 : this.total / this.count; }
  toJSON(): { count: number; mean: number } { return { count: this.count, mean: this.mean }; }
}`,
  `const running$ = new Running$();
for (const order of orders$) running$.add(order.cents);
console.log(JSON.stringify(running$));`,
  `type Event$ = { kind: 'placed'; order: Order$ } | { kind: 'cancelled'; id: number; reason?: string };
function describe$(event: Event$): string {
  switch (event.kind) {
    case 'placed': return \`\${event.order.customer} placed \${event.order.id}\`;
    case 'cancelled': return \`\${event.id} cancelled: \${event.reason ?? 'no reason'}\`;
  }
}
describe$({ kind: 'cancelled', id: 3 })`,
  `async function page$(number: number): Promise<{ number: number; orders: Order$[] }> {
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
  return { number, orders: orders$.slice(number * 50, number * 50 + 50) };
}`,
  `const pages$ = await Promise.all([0, 1, 2, 3].map((number) => page$(number)));
pages$.map((page) => page.orders.length)`,
  `const dearest$: Pick<Order$, 'id' | 'cents'>[] = [...orders$]
  .sort((a, b) => b.cents - a.cents || a.customer.localeCompare(b.customer))
  .slice(0, 5)
  .map(({ id, cents }) => ({ id, cents }));
dearest$`,
  `enum Level$ { Low, Middle, High }
const level$ = (cents: number): Level$ => (cents < 2000 ? Level$.Low : cents < 8000 ? Level$.Middle : Level$.High);
orders$.slice(0, 4).map((order) => Level$[level$(order.cents)])`,
  `function* windows$<T>(items: readonly T[], size: number): Generator<T[], void, unknown> {
  for (let start = 0; start + size <= items.length; start++) yield items.slice(start, start + size);
}
const moving$: number[] = [...windows$(orders$.map((o) => o.cents), 7)].map((w) => w.reduce((a, b) => a + b, 0) / w.length);
moving$.length`,
  `const wave$ = new Float64Array(2000).map((_, i) => Math.sin(i / 25));
const power$ = (signal: Float64Array): number => signal.reduce((sum, value) => sum + value * value, 0) / signal.length;
power$(wave$)`,
  `const settings$ = { ...(JSON.parse('{"rate": 0.01, "layers": [64, 32]}') as { rate: number; layers: number[] }), seed: $ };
settings$`,
  `let loss$ = 1;
const history$: { epoch: number; loss: number }[] = [];
for (let epoch = 0; epoch < settings$.layers.length * 5; epoch++) history$.push({ epoch, loss: (loss$ *= 1 - settings$.rate) });
history$[history$.length - 1]`,
  `const seen$ = new WeakMap<Order$, Partial<Record<NumericKey$, string>>>();
for (const order of orders$) seen$.set(order, { cents: (order.cents / 100).toFixed(2) });
seen$.get(orders$[0]!)?.cents`,
  `try {
  if (history$.length > 0) throw new RangeError(\`stopped after \${history$.length}\`);
} catch (error) {
  if (error instanceof RangeError) console.log(error.message);
  else throw error;
}`,
];

const VARIANTS = 10;

/** The first cell of a session: small, and with types to infer. */
export const firstCell = 'const squares: number[] = [1, 2, 3].map((n) => n ** 2);\nsquares';

// A `$` stands for the variant's number, but not where it opens a placeholder in a template.
export const cells = Array.from({ length: VARIANTS }, (_, variant) =>
  KINDS.map((cell) => cell.replace(/\$(?!\{)/g, String(variant + 1))),
).flat();

/** What is completed afterwards, and the members that must be among the answers. */
export const completions = [
  { code: 'orders1[0]!.', members: ['id', 'customer', 'country', 'cents', 'lines'] },
  { code: 'running2.', members: ['add', 'mean', 'toJSON'] },
  { code: 'byCountry3.', members: ['get', 'has', 'keys', 'entries', 'size'] },
];
