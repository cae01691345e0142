/** What the notebook's user process offers to the library; in a step's process there is no host. */
import type { MimeBundle } from './mime.js';

export interface Display {
  data: MimeBundle;
  metadata?: Record<string, unknown>;
  /** Names the output, so that it can be replaced. */
  id?: string;
  /** Replaces the outputs of that id instead of adding one. */
  update?: boolean;
}

export type CommType = 'comm_open' | 'comm_msg' | 'comm_close';

/** What a message of a comm says. */
export interface CommContent {
  comm_id: string;
  target_name: string;
  data: unknown;
}

export interface Host {
  display(display: Display): void;
  /** @param wait whether the output stays until the next one comes */
  clear(wait: boolean): void;
  /** Shows data in the frontend's pager once the cell has ended. */
  page(data: MimeBundle): void;
  comm: {
    send(type: CommType, content: object): void;
    /** The library's answer to comm messages of the frontend. */
    receive?: (type: CommType, content: CommContent) => void;
  };
}

const HOST = Symbol.for('tagflow.host');
type Global = { [HOST]?: Host };

export function setHost(host: Host): void {
  (globalThis as Global)[HOST] = host;
}

export function findHost(): Host | undefined {
  return (globalThis as Global)[HOST];
}
