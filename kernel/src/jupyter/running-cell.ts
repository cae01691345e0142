/** A cell's execution as the kernel sees it: what it needs to attribute output, and when it is over. */
import { randomUUID } from 'node:crypto';
import type { DoneMessage, ErrorContent, RunnableScript } from '../interpreter/messages.js';
import type { Header } from './wire.js';

export interface CellRequest {
  /** Id of the cell's module. */
  module: string;
  label: string;
  script: RunnableScript;
  fresh: boolean;
  names: string[];
  /** Of the execute request. */
  header: Header;
  identities: Buffer[];
  silent: boolean;
  allowStdin: boolean;
}

/** How a cell ended; `lost` when its process and so all variables are gone. */
export type CellEnd = Pick<DoneMessage, 'error' | 'result' | 'unreached' | 'payload'> & { lost?: true };

export class RunningCell {
  readonly nonce = randomUUID();
  readonly ended: Promise<CellEnd>;
  /** Ends the process when an interrupt does not end the cell. */
  killer: NodeJS.Timeout | undefined;
  private end!: (end: CellEnd) => void;
  private done: DoneMessage | undefined;
  private marks = 0;

  constructor(
    readonly number: number,
    readonly request: CellRequest,
  ) {
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  /** @returns whether the cell is over: its code has ended, and nothing that it wrote is still to come */
  setDone(done: DoneMessage): boolean {
    this.done = done;
    return this.check();
  }

  addMark(): boolean {
    this.marks++;
    return this.check();
  }

  lose(error: ErrorContent): void {
    clearTimeout(this.killer);
    this.end({ error, unreached: [], payload: [], lost: true });
  }

  private check(): boolean {
    if (!this.done || this.marks < this.done.marks) return false;
    clearTimeout(this.killer);
    this.end(this.done);
    return true;
  }
}
