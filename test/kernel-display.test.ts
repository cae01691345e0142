/** What the library sends to the notebook, or prints where there is none. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  clear,
  display,
  html,
  image,
  json,
  latex,
  markdown,
  page,
  svg,
  table,
  vegaLite,
} from '../kernel/lib/library/display.js';
import { setHost, type Display } from '../kernel/lib/library/host.js';
import { mimeBundle } from '../kernel/lib/library/mime.js';
import * as tslab from '../kernel/lib/library/tslab.js';

let sent: Display[];
let others: unknown[];

beforeEach(() => {
  sent = [];
  others = [];
  setHost({
    display: (shown) => sent.push(shown),
    clear: (wait) => others.push(['clear', wait]),
    page: (data) => others.push(['page', data]),
    comm: { send: () => undefined },
  });
});
afterEach(() => setHost(undefined as never));

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const schema = (version: string) => `https://vega.github.io/schema/${version}.json`;

describe('values show themselves', () => {
  const cases: [name: string, value: unknown, type: string, content: unknown][] = [
    ['html', html('<b>x</b>'), 'text/html', '<b>x</b>'],
    ['markdown', markdown('# x'), 'text/markdown', '# x'],
    ['LaTeX', latex('$x$'), 'text/latex', '$x$'],
    ['SVG', svg('<svg/>'), 'image/svg+xml', '<svg/>'],
    ['JSON', json({ a: [1] }), 'application/json', { a: [1] }],
    ['an image', image(PNG), 'image/png', PNG.toString('base64')],
    ['Vega-Lite', vegaLite({ mark: 'bar' }), 'application/vnd.vegalite.v5+json', { mark: 'bar' }],
    [
      'Vega-Lite of an older version',
      vegaLite({ $schema: schema('vega-lite/v4') }),
      'application/vnd.vegalite.v4+json',
      { $schema: schema('vega-lite/v4') },
    ],
    [
      'Vega of a newer version than JupyterLab names',
      vegaLite({ $schema: schema('vega/v6') }),
      'application/vnd.vega.v5+json',
      { $schema: schema('vega/v6') },
    ],
    [
      'a chart that makes a specification',
      vegaLite({ toSpec: () => ({ mark: 'bar' }) }),
      'application/vnd.vegalite.v5+json',
      { mark: 'bar' },
    ],
    [
      'their own way',
      { [Symbol.for('Jupyter.display')]: () => ({ 'text/html': 'own' }) },
      'text/html',
      'own',
    ],
    ['as text', new Map([[1, 2]]), 'text/plain', 'Map(1) { 1 => 2 }'],
  ];
  test.each(cases)('%s', async (_, value, type, content) => {
    const bundle = await mimeBundle(value);
    expect(bundle[type]).toEqual(content);
    expect(typeof bundle['text/plain']).toBe('string');
  });

  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  test.each([
    ['a BigInt', json({ n: 1n }), 'application/json cannot be shown: Do not know how to serialize a BigInt.'],
    [
      'a cycle',
      vegaLite(cyclic),
      'vnd.vegalite.v5+json cannot be shown: Converting circular structure to JSON.',
    ],
  ])('what JSON cannot hold is refused: %s', async (_, value, sentence) => {
    await expect(mimeBundle(value)).rejects.toThrow(sentence);
    expect(() => display(value)).toThrow(sentence);
  });

  test('bytes that are no image are refused', () => {
    expect(() => image(new Uint8Array(10))).toThrow(/no PNG, JPEG, GIF, BMP or WebP image/);
  });
});

describe('tables', () => {
  test.each([
    ['plain objects', [{ a: 1 }, { b: 2 }], true],
    ['an empty array', [], false],
    ['objects without properties', [{}], false],
    ['numbers', [1, 2], false],
    ['other objects among them', [{ a: 1 }, new Date(0)], false],
  ])('%s', async (_, value, isTable) => {
    expect('text/html' in (await mimeBundle(value))).toBe(isTable);
  });

  test('show the first rows of many, and how many there are', () => {
    const rows = Array.from({ length: 1000 }, (_, index) => ({ index }));
    const content = String(table(rows).data['text/html']);
    expect(content.match(/<tr>/g)).toHaveLength(61);
    expect(content).toContain('1000 rows × 1 columns');
  });

  test('escape what they show', () => {
    expect(table([{ '<i>': '"&<b>' }]).data['text/html']).toContain('<th>&lt;i&gt;</th>');
    expect(table([{ '<i>': '"&<b>' }]).data['text/html']).toContain('<td>&quot;&amp;&lt;b&gt;</td>');
  });
});

describe('display', () => {
  test('gives a handle that replaces the output', () => {
    const handle = display.html('one');
    handle.update(html('two'));
    expect(sent.map(({ data, id, update }) => [data['text/html'], id === handle.id, update])).toEqual([
      ['one', true, false],
      ['two', true, true],
    ]);
  });

  test('takes an id', () => {
    display('one', { id: 'named' });
    display('two', { id: 'named', update: true });
    expect(sent).toMatchObject([
      { id: 'named', update: false },
      { id: 'named', update: true },
    ]);
  });

  test('sends an image with its size', () => {
    display(image(PNG, { width: 40 }));
    expect(sent[0]!.metadata).toEqual({ 'image/png': { width: 40 } });
  });

  test('clears, and pages', () => {
    clear(true);
    page('help');
    expect(others).toEqual([
      ['clear', true],
      ['page', { 'text/plain': 'help' }],
    ]);
  });
});

describe('tslab’s interface', () => {
  test('shows every kind', () => {
    const { display: shown } = tslab;
    shown.html('<b>x</b>');
    shown.png(PNG);
    shown.raw('text/x-own', 'own');
    expect(sent.map(({ data }) => Object.keys(data)[0])).toEqual(['text/html', 'image/png', 'text/x-own']);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(3);
  });

  test('overwrites a new display', () => {
    const own = tslab.newDisplay();
    own.text('one');
    own.markdown('two');
    expect(sent.map(({ update }) => update)).toEqual([false, true]);
    expect(sent[0]!.id).toBe(sent[1]!.id);
  });

  test('names its versions', () => {
    expect(tslab.versions).toMatchObject({
      node: process.version,
      typescript: expect.stringMatching(/^\d+\.\d+/),
    });
  });
});
