/** Values as Jupyter shows them: a MIME bundle, the richest form of which a frontend picks. */
import { inspect } from 'node:util';
import { htmlTable, isTable } from '../store/html-table.js';

/** Content by MIME type: text, base64 for binary types, JSON values for JSON types. */
export type MimeBundle = Record<string, unknown>;

/** The method by which a value says how it is shown: it returns a MIME bundle or a promise of one. */
export const DISPLAY = Symbol.for('Jupyter.display');

type Displayable = Record<typeof DISPLAY, () => MimeBundle | Promise<MimeBundle>>;

export function isDisplayable(value: unknown): value is Displayable {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  return typeof (value as Partial<Displayable>)[DISPLAY] === 'function';
}

/**
 * The value's own bundle, as a promise, or its text as Node inspects it, with an HTML table for an array of plain objects.
 * @throws what the value's `Symbol.for("Jupyter.display")` method throws
 * @throws TypeError when the bundle cannot be sent, because JSON has no form for something in it
 */
export function mimeBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  return isDisplayable(value) ? promisedBundle(value) : plainBundle(value);
}

async function promisedBundle(value: Displayable): Promise<MimeBundle> {
  return ownBundle(value, await value[DISPLAY]());
}

/** As `mimeBundle`, at once; a promised bundle is left to `mimeBundle`. */
export function mimeBundleSync(value: unknown): MimeBundle | Promise<MimeBundle> {
  if (!isDisplayable(value)) return plainBundle(value);
  const bundle = value[DISPLAY]();
  return bundle instanceof Promise
    ? bundle.then((settled: MimeBundle) => ownBundle(value, settled))
    : ownBundle(value, bundle);
}

function plainBundle(value: unknown): MimeBundle {
  const text = { 'text/plain': inspect(value) };
  return isTable(value) ? { ...text, 'text/html': htmlTable(value) } : text;
}

function ownBundle(value: object, bundle: unknown): MimeBundle {
  if (typeof bundle !== 'object' || bundle === null) {
    throw new TypeError(
      'The method Symbol.for("Jupyter.display") has to return an object: MIME type -> content.',
    );
  }
  for (const [type, content] of Object.entries(bundle)) {
    // Here and not when it is sent, so that it is an error of the code that shows it, in a step as in a notebook.
    const reason = typeof content === 'string' ? undefined : jsonObstacle(content);
    if (reason === undefined) continue;
    throw new TypeError(
      `The content of ${type} cannot be shown: ${reason}. Convert it to what JSON can hold.`,
    );
  }
  return 'text/plain' in bundle ? { ...bundle } : { 'text/plain': inspect(value), ...bundle };
}

/** Why a value has no JSON form; undefined if it has one. */
function jsonObstacle(value: unknown): string | undefined {
  try {
    JSON.stringify(value);
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  }
}
