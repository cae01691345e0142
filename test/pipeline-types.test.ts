import { pipelineFrom, type Row } from './pipeline/notebook.ts';

const DECLARED: Row = [
  'none',
  `interface Row { id: number; tags: string[]; next?: Row }
type Kind = "a" | "b"; enum Color { Red = "r", Blue = "b" }
class Model { w = [1]; private secret = 1; predict(x: number) { return x + this.secret } }
type Tree<T> = { v: T; kids: Tree<T>[] }
import { z } from "zod"; const Item = z.object({ a: z.number().optional(), k: z.enum(["p", "q"]) })`,
];

/** A declaration of `v`, its type as text, and its JSON Schema; no schema, and why it is not kept, for the others. */
const TYPES: [source: string, text: string, schema: object | undefined, note?: string][] = [
  ['const v = Math.abs(1)', 'number', { type: 'number' }],
  ['const v = [1].map(String)', 'string[]', { type: 'array', items: { type: 'string' } }],
  ['const v = ["x"] as readonly string[]', 'readonly string[]', { type: 'array', items: { type: 'string' } }],
  [
    'const v = [1, "x"] as [number, string?]',
    '[number, string?]',
    { type: 'array', prefixItems: [{ type: 'number' }, { type: 'string' }] },
  ],
  [
    'let v: { "a b"?: boolean | null; kind: Kind } = { kind: "a" }',
    '{ "a b"?: boolean | null; kind: "a" | "b" }',
    {
      type: 'object',
      properties: { 'a b': { anyOf: [{ type: 'boolean' }, { type: 'null' }] }, kind: { enum: ['a', 'b'] } },
      required: ['kind'],
    },
  ],
  ['let v = Color.Red', '"r" | "b"', { enum: ['r', 'b'] }],
  [
    'let v: Row[] = []',
    'type Row = { id: number; tags: string[]; next?: Row }; Row[]',
    {
      type: 'array',
      items: { $ref: '#/$defs/Row' },
      $defs: {
        Row: {
          type: 'object',
          properties: {
            id: { type: 'number' },
            tags: { type: 'array', items: { type: 'string' } },
            next: { $ref: '#/$defs/Row' },
          },
          required: ['id', 'tags'],
        },
      },
    },
  ],
  [
    'let v: Tree<Kind> = { v: "a", kids: [] }',
    'type Tree = { v: "a" | "b"; kids: Tree[] }; Tree',
    {
      $ref: '#/$defs/Tree',
      $defs: {
        Tree: {
          type: 'object',
          properties: { v: { enum: ['a', 'b'] }, kids: { type: 'array', items: { $ref: '#/$defs/Tree' } } },
          required: ['v', 'kids'],
        },
      },
    },
  ],
  [
    'const v = Item.parse({ k: "p" })',
    '{ k: "p" | "q"; a?: number }',
    { type: 'object', properties: { k: { enum: ['p', 'q'] }, a: { type: 'number' } }, required: ['k'] },
  ],
  [
    'const v = new Map<string, Date>()',
    'Map<string, Date>',
    { 'x-typescript': 'Map', 'x-arguments': [{ type: 'string' }, { 'x-typescript': 'Date' }] },
  ],
  [
    'const v: Record<string, bigint | undefined> = {}; v.toString',
    '{ [key: string]: bigint | undefined }',
    {
      type: 'object',
      properties: {},
      required: [],
      additionalProperties: { anyOf: [{ 'x-typescript': 'bigint' }, { 'x-typescript': 'undefined' }] },
    },
  ],
  [
    'const v = new Model()',
    '/* class Model */ { w: number[]; predict: (x: number) => number }',
    {
      type: 'object',
      properties: { w: { type: 'array', items: { type: 'number' } }, secret: { type: 'number' } },
      required: ['w', 'secret'],
    },
  ],
  ['const v = JSON.parse("1")', 'any', {}],
  [
    'const v = { deep: [1].map((n) => ({ go: () => n })) }',
    '{ deep: { go: () => number }[] }',
    undefined,
    'v.deep[].go is a function',
  ],
  ['const v = new Map([["a", Symbol()]])', 'Map<string, symbol>', undefined, 'v<value> is a symbol'],
  ['const v = Item', '…', undefined, 'is a'],
  [
    'export default class Thing { #n = 1; get() { return this.#n } }\nconst v = new Thing()',
    '…',
    undefined,
    'an instance of Thing, which',
  ],
];

describe('types of values', () => {
  test.each(TYPES)('%s', (source, text, schema, note = '') => {
    const { steps } = pipelineFrom([DECLARED, ['step:a', source]]);
    const output = steps[0]!.produces.find(({ name }) => name === 'v')!;
    if (text === '…') expect(output.type.length).toBeLessThan(100_000);
    else expect(output.type).toBe(text);
    expect(output.schema).toEqual(schema);
    if (note) expect(output.note).toMatch(note);
    else expect(output.note).toBeUndefined();
  });

  test('a text says everything by itself: it compiles alone, to the same type', () => {
    const rows = TYPES.filter(([source, text]) => text !== '…' && !/Model|Color/.test(source));
    for (const [source] of rows) {
      const { steps } = pipelineFrom([DECLARED, ['step:a', source]]);
      const { type } = steps[0]!.produces.find(({ name }) => name === 'v')!;
      const split = type.lastIndexOf('; ', type.startsWith('type ') ? undefined : 0);
      const text = type.startsWith('type ')
        ? `${type.slice(0, split)}; type Text = ${type.slice(split + 2)}`
        : `type Text = ${type}`;
      const check = `{ ${text}; let text!: Text; const back: typeof v = text; const forth: Text = v; void [back, forth] }`;
      const { diagnostics } = pipelineFrom([DECLARED, ['step:a', source], ['step:b', check]]);
      expect(
        diagnostics.filter(({ code }) => code.startsWith('TS')).map(({ message }) => `${text}: ${message}`),
      ).toEqual([]);
    }
  });
});
