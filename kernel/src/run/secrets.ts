/** Secrets in what a step writes: found and masked in every form in which they commonly show. Text in, text out. */
import type { AttemptEnd } from '@tagflow/schema';

/** Shorter values are refused as secrets: masking them would mask everything. In characters. */
export const SHORTEST_SECRET = 4;

const MASKED = '***';
/** Pieces of encoded forms, and of secrets of several lines, count from this length on, in characters. */
const SHORTEST_PIECE = 8;

/** How the values show: as they are, URL-encoded, quoted, in base64 (also amid other bytes), hexadecimal; longest first. */
export function formsOf(secrets: readonly string[]): string[] {
  const forms = new Set(secrets.flatMap((secret) => [secret, ...encodedForms(secret)]));
  return [...forms].filter(Boolean).sort((a, b) => b.length - a.length);
}

function encodedForms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const text = bytes.toString();
  const inAddresses = [
    encodeURIComponent(text),
    new URLSearchParams([['', text]]).toString().slice(1),
    encodeURI(text),
    ...partsOfAddress(text),
  ];
  const encoded = [
    ...inAddresses,
    ...inAddresses.map((form) => form.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("'", "\\'"),
  ];
  const base64 = bytes.toString('base64');
  const pieces = [
    ...[0, 1, 2].flatMap((offset) => innerBase64(bytes, offset)),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    // Node shows a text of several lines line by line.
    ...(secret.includes('\n') ? secret.split(/\r?\n/) : []),
  ];
  return [...encoded, base64, ...pieces.filter((piece) => piece.length >= SHORTEST_PIECE)];
}

/** As it stands in an address that is put together of parts: each escapes other characters, and all fewer than need be. */
function partsOfAddress(text: string): string[] {
  const address = new URL('https://host/');
  address.password = text;
  address.search = `?${text}`;
  address.hash = `#${text}`;
  const { password, search, hash } = address;
  // Ends of lines are left out there: what is left may be short, and be found everywhere.
  return [password, search.slice(1), hash.slice(1)].filter((part) => part.length >= text.length);
}

/** The characters of base64 that the bytes alone decide when they stand so many bytes after a multiple of three. */
function innerBase64(bytes: Buffer, offset: number): string[] {
  const from = offset === 0 ? 0 : offset + 1;
  const rest = (offset + bytes.length) % 3;
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const inner = text.slice(from, rest === 0 ? undefined : -1);
  return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
}

/** Whether bytes in pieces hold a secret in any form. */
export function holdsSecret(chunks: readonly Uint8Array[], secrets: readonly string[]): boolean {
  const forms = formsOf(secrets).map((form) => Buffer.from(form));
  return chunks.some((chunk) => {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    return forms.some((form) => bytes.includes(form));
  });
}

/** Masks secrets in a text that comes in pieces; a piece that may be the beginning of one is held back. */
export class Mask {
  private held = '';
  private readonly forms: string[];
  private readonly pattern: RegExp | undefined;

  constructor(secrets: readonly string[]) {
    this.forms = formsOf(secrets);
    if (this.forms.length > 0) this.pattern = new RegExp(this.forms.map(escaped).join('|'), 'g');
  }

  /** The text that may be shown now. */
  take(text: string): string {
    if (!this.pattern) return text;
    const all = this.held + text;
    let shown = '';
    for (let at = 0; ;) {
      this.pattern.lastIndex = at;
      const found = this.pattern.exec(all);
      const begun = this.begun(all, at);
      if (begun < all.length && (!found || begun <= found.index)) {
        this.held = all.slice(begun);
        return shown + all.slice(at, begun);
      }
      this.held = '';
      if (!found) return shown + all.slice(at);
      shown += all.slice(at, found.index) + MASKED;
      at = found.index + found[0].length;
    }
  }

  /** What was held back. */
  end(): string {
    const rest = this.pattern ? this.held.replace(this.pattern, MASKED) : '';
    this.held = '';
    return rest;
  }

  /** Where the text's end begins a form that is not complete yet; the text's length if nowhere. */
  private begun(text: string, from: number): number {
    const longest = this.forms[0]!.length - 1;
    for (let at = Math.max(from, text.length - longest); at < text.length; at++) {
      const end = text.slice(at);
      if (this.forms.some((form) => form.length > end.length && form.startsWith(end))) return at;
    }
    return text.length;
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

export function masked(text: string, secrets: readonly string[]): string {
  const mask = new Mask(secrets);
  return mask.take(text) + mask.end();
}

/** An attempt's end without secrets in what it says. Values with secrets are not kept in the first place. */
export function maskedEnd(end: AttemptEnd, secrets: readonly string[]): AttemptEnd {
  if (secrets.length === 0) return end;
  const hide = (text: string): string => masked(text, secrets);
  const { failure } = end;
  return {
    ...end,
    notKept: end.notKept.map((each) => ({ ...each, reason: hide(each.reason) })),
    ...(failure && {
      failure: {
        ...failure,
        name: hide(failure.name),
        message: hide(failure.message),
        ...(failure.input === undefined ? {} : { input: hide(failure.input) }),
        // A stack is cut at some length: what may be the beginning of a secret there is left out.
        ...(failure.stack === undefined ? {} : { stack: new Mask(secrets).take(failure.stack) }),
      },
    }),
  };
}

/** The tokens and passwords of an `.npmrc`, as far as they stand in it. */
export function npmTokens(npmrc: string): string[] {
  const found = npmrc.matchAll(/^(?:[^;#=\n]*:)?_(?:authToken|auth|password)[ \t]*=[ \t]*"?([^\s"]+)/gm);
  return [...found]
    .map(([, token]) => token!)
    .filter((token) => token.length >= SHORTEST_SECRET && !token.startsWith('${'));
}
