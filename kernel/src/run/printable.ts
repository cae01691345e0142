/** Texts that others wrote, for a terminal. */

/** Colours; control characters but tabs and ends of lines; what turns the direction of writing. */
const CONTROLS = /\x1b\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * A name, message or value may hold what a terminal obeys: it would be cleared, be given a title, or show another text
 * than there is. That is shown as JavaScript writes it. Colours are let through.
 */
export function printable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(CONTROLS, (found) => (found.length > 1 ? found : escaped(found.charCodeAt(0))));
}

function escaped(code: number): string {
  const digits = code.toString(16);
  return code < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u${digits.padStart(4, '0')}`;
}
