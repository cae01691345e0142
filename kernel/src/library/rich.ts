/** Values that show themselves: the last expression of a cell, or given to `display`. */
import { DISPLAY, type MimeBundle } from './mime.js';
import { htmlTable, type Row } from '../store/html-table.js';

/** Content of one or more MIME types. */
export class Rich {
  readonly data: MimeBundle;
  readonly metadata: Record<string, unknown>;

  constructor(data: MimeBundle, metadata: Record<string, unknown> = {}) {
    this.data = data;
    this.metadata = metadata;
  }

  [DISPLAY](): MimeBundle {
    return this.data;
  }
}

/** Content of any MIME type: text, bytes (sent as base64), or a JSON value for a JSON type. */
export function mime(type: string, content: unknown, metadata?: Record<string, unknown>): Rich {
  const data = content instanceof Uint8Array ? base64(content) : content;
  return new Rich({ [type]: data, ...fallback(type, data) }, metadata && { [type]: metadata });
}

/** What a frontend without the type shows; text types speak for themselves. */
function fallback(type: string, data: unknown): MimeBundle {
  if (type === 'text/plain') return {};
  if (typeof data === 'string' && type.startsWith('text/')) return { 'text/plain': data };
  return { 'text/plain': `[${type}]` };
}

export const text = (content: string): Rich => mime('text/plain', content);
export const html = (content: string): Rich => mime('text/html', content);
export const markdown = (content: string): Rich => mime('text/markdown', content);
/** @param content LaTeX with its delimiters, such as `$x^2$` */
export const latex = (content: string): Rich => mime('text/latex', content);
export const svg = (content: string): Rich => mime('image/svg+xml', content);
export const javascript = (content: string): Rich => mime('text/javascript', content);
/** A JSON value as a collapsible tree. */
export const json = (value: unknown): Rich => mime('application/json', value);
/** An array of objects as a table; they need not be plain objects. */
export const table = (rows: readonly Row[]): Rich => mime('text/html', htmlTable(rows));

/** Size of an image on the page, in CSS pixels. */
export interface ImageSize {
  width?: number;
  height?: number;
}

const SIGNATURES: readonly (readonly [type: string, start: string])[] = [
  ['image/png', '\x89PNG'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF8'],
  ['image/bmp', 'BM'],
];

/**
 * A PNG, JPEG, GIF, BMP or WebP image.
 * @throws TypeError when the bytes are none of these
 */
export function image(bytes: Uint8Array, size?: ImageSize): Rich {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 12)).toString(
    'latin1',
  );
  const webp = start.startsWith('RIFF') && start.endsWith('WEBP') ? 'image/webp' : undefined;
  const type = webp ?? SIGNATURES.find(([, signature]) => start.startsWith(signature))?.[0];
  if (type === undefined)
    throw new TypeError('These bytes are no PNG, JPEG, GIF, BMP or WebP image: use mime(type, bytes).');
  return mime(type, bytes, size && { ...size });
}

/** The newest version of Vega and Vega-Lite that JupyterLab has a MIME type for; newer charts are drawn by it too. */
const NEWEST_VEGA = 5;

/** A Vega or Vega-Lite chart. Its `$schema` says which of them, and which version; without one it is Vega-Lite 5. */
export function vega(specification: object): Rich {
  const schema = String((specification as { $schema?: unknown }).$schema ?? '');
  const [, grammar = 'vega-lite', version] = /schema\/(vega|vega-lite)\/v(\d+)/.exec(schema) ?? [];
  const major = Math.min(NEWEST_VEGA, Number(version ?? NEWEST_VEGA));
  return new Rich({
    [`application/vnd.${grammar.replace('-', '')}.v${major}+json`]: specification,
    'text/plain': `[${grammar} chart]`,
  });
}

/** An object with a `toSpec()`, such as a chart of vega-lite-api. */
export interface Chart {
  toSpec(): object;
}

/** A Vega-Lite chart: a specification, or a chart of vega-lite-api. */
export function vegaLite(chart: object | Chart): Rich {
  return vega('toSpec' in chart ? chart.toSpec() : chart);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
