/** What all frontends are told: states and outputs. Stream text that comes in quick succession goes as one message. */
import type { StreamName } from '../interpreter/messages.js';
import type { Server } from './server.js';
import type { Header } from './wire.js';

const JOIN_TIME = 8; // ms
const JOIN_SIZE = 262_144; // characters

interface Pending {
  name: StreamName;
  parent: Header | undefined;
  parts: string[];
  length: number;
  timer: NodeJS.Timeout;
}

export class Publisher {
  private pending: Pending | undefined;

  constructor(private readonly server: Pick<Server, 'send'>) {}

  publish(type: string, content: object, parent?: Header): void {
    this.flush();
    this.send(type, content, parent);
  }

  status(state: 'starting' | 'busy' | 'idle', parent?: Header): void {
    this.publish('status', { execution_state: state }, parent);
  }

  stream(name: StreamName, text: string, parent: Header | undefined): void {
    if (this.pending && (this.pending.name !== name || this.pending.parent !== parent)) this.flush();
    this.pending ??= { name, parent, parts: [], length: 0, timer: setTimeout(() => this.flush(), JOIN_TIME) };
    this.pending.parts.push(text);
    this.pending.length += text.length;
    if (this.pending.length > JOIN_SIZE) this.flush();
  }

  flush(): void {
    if (!this.pending) return;
    const { name, parent, parts, timer } = this.pending;
    this.pending = undefined;
    clearTimeout(timer);
    this.send('stream', { name, text: parts.join('') }, parent);
  }

  private send(type: string, content: object, parent: Header | undefined): void {
    this.server.send('iopub', { identities: [Buffer.from(type)], type, content, parent });
  }
}
