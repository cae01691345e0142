/** Jupyter messages as the frames of a ZeroMQ message: identities, delimiter, signature, four JSON parts, buffers. */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Connection } from './connection.js';

export const PROTOCOL_VERSION = '5.5';

export interface Header {
  msg_id: string;
  msg_type: string;
  session: string;
  username: string;
  date: string;
  version: string;
  /** Which subshell is meant; absent for the main one. */
  subshell_id?: string | null;
}

export type Content = Record<string, unknown>;

export interface Message {
  /** The routing prefix of who sent it: an answer begins with it. */
  identities: Buffer[];
  header: Header;
  /** Id of the message that it answers, where the sender tells it. */
  parent: string | undefined;
  metadata: Content;
  content: Content;
}

/** What is sent: the parent is the header of the request that it belongs to. */
export interface Outgoing {
  /** The message's id, where its answer has to be known again; without it, a new one. */
  id?: string;
  identities: Buffer[];
  type: string;
  content: object;
  parent?: Header | undefined;
  metadata?: object;
}

const DELIMITER = Buffer.from('<IDS|MSG>');
const REMEMBERED = 65_536; // signatures, against messages that are sent again

export class Wire {
  private readonly session = randomUUID();
  private seen = new Set<string>();

  constructor(private readonly connection: Pick<Connection, 'key' | 'hash'>) {}

  /** The message; undefined for one that is malformed, wrongly signed or repeated: it is dropped. */
  decode(frames: readonly Buffer[]): Message | undefined {
    const start = frames.findIndex((frame) => frame.equals(DELIMITER));
    if (start < 0 || frames.length < start + 6) return undefined;
    const parts = frames.slice(start + 2, start + 6);
    if (!this.isAuthentic(frames[start + 1]!, parts)) return undefined;
    try {
      const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part.toString()) as unknown);
      if (!isObject(header) || !isObject(metadata) || !isObject(content)) return undefined;
      if (typeof header['msg_type'] !== 'string' || typeof header['msg_id'] !== 'string') return undefined;
      return {
        identities: frames.slice(0, start),
        header: header as unknown as Header,
        parent: isObject(parent) && typeof parent['msg_id'] === 'string' ? parent['msg_id'] : undefined,
        metadata,
        content,
      };
    } catch {
      return undefined;
    }
  }

  encode({ id = randomUUID(), identities, type, content, parent, metadata = {} }: Outgoing): Buffer[] {
    const header: Header = {
      msg_id: id,
      msg_type: type,
      session: this.session,
      username: 'kernel',
      date: new Date().toISOString(),
      version: PROTOCOL_VERSION,
    };
    const parts = [header, parent ?? {}, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
    return [...identities, DELIMITER, Buffer.from(this.sign(parts)), ...parts];
  }

  private sign(parts: readonly Buffer[]): string {
    const { key, hash } = this.connection;
    if (!key) return '';
    const hmac = createHmac(hash, key);
    for (const part of parts) hmac.update(part);
    return hmac.digest('hex');
  }

  private isAuthentic(signature: Buffer, parts: readonly Buffer[]): boolean {
    if (!this.connection.key) return true;
    const expected = this.sign(parts);
    if (signature.length !== expected.length || !timingSafeEqual(signature, Buffer.from(expected)))
      return false;
    if (this.seen.has(expected)) return false;
    if (this.seen.size >= REMEMBERED) this.seen = new Set();
    this.seen.add(expected);
    return true;
  }
}

function isObject(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
