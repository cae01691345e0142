/** Rich output from notebook cells. In a step's process, which no one watches, it is printed as text. */
import { randomUUID } from 'node:crypto';
import { findHost, type Display } from './host.js';
import { mimeBundleSync, type MimeBundle } from './mime.js';
import * as rich from './rich.js';

export {
  html,
  image,
  javascript,
  json,
  latex,
  markdown,
  mime,
  Rich,
  svg,
  table,
  text,
  vega,
  vegaLite,
} from './rich.js';
export type { Chart, ImageSize } from './rich.js';
export type { MimeBundle } from './mime.js';

/** An output that can be replaced later. */
export interface DisplayHandle {
  readonly id: string;
  /** Shows another value in its place; from any cell. */
  update(value: unknown): void;
}

export interface DisplayOptions {
  /** Names the output: `display(value, { id, update: true })` replaces it later. */
  id?: string;
  update?: boolean;
}

function show(value: unknown, options: DisplayOptions = {}): DisplayHandle {
  const id = options.id ?? randomUUID();
  publish(value, { id, update: options.update ?? false });
  return { id, update: (next) => publish(next, { id, update: true }) };
}

function publish(value: unknown, options: Pick<Display, 'id' | 'update'>): void {
  const metadata = value instanceof rich.Rich ? value.metadata : {};
  const bundle = mimeBundleSync(value);
  if (bundle instanceof Promise) void bundle.then((data) => send({ data, metadata, ...options }));
  else send({ data: bundle, metadata, ...options });
}

function send(display: Display): void {
  const host = findHost();
  if (host) host.display(display);
  else process.stdout.write(`${String(display.data['text/plain'] ?? '')}\n`);
}

/** Shows any value. `display.html(…)`, `display.svg(…)` and so on show content of that type. */
export const display = Object.assign(show, {
  text: (content: string) => show(rich.text(content)),
  html: (content: string) => show(rich.html(content)),
  markdown: (content: string) => show(rich.markdown(content)),
  latex: (content: string) => show(rich.latex(content)),
  svg: (content: string) => show(rich.svg(content)),
  javascript: (content: string) => show(rich.javascript(content)),
  json: (value: unknown) => show(rich.json(value)),
  table: (rows: Parameters<typeof rich.table>[0]) => show(rich.table(rows)),
  image: (bytes: Uint8Array, size?: rich.ImageSize) => show(rich.image(bytes, size)),
  vega: (specification: object) => show(rich.vega(specification)),
  vegaLite: (chart: object) => show(rich.vegaLite(chart)),
  mime: (type: string, content: unknown) => show(rich.mime(type, content)),
  bundle: (data: MimeBundle) => show(new rich.Rich(data)),
});

/** Clears the cell's output; with `wait`, only when new output arrives. */
export function clear(wait = false): void {
  findHost()?.clear(wait);
}

/** Shows a value in the frontend's pager once the cell has ended. */
export function page(value: unknown): void {
  const bundle = typeof value === 'string' ? { 'text/plain': value } : mimeBundleSync(value);
  const host = findHost();
  if (bundle instanceof Promise)
    throw new TypeError('A value that shows itself by a promise cannot be paged.');
  if (host) host.page(bundle);
  else send({ data: bundle });
}
