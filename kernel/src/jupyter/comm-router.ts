/** Comms by target: the extension's is answered here, all others belong to user code. */
import type { COMM_TARGET } from '@tagflow/schema';
import type { CommContent, CommType } from '../library/host.js';
import type { TagflowComm } from './comm.js';
import type { Compiler } from './compiler.js';
import type { Content, Header, Message } from './wire.js';

/** Named here too, so that the validators are loaded only once the extension speaks. */
const TARGET: typeof COMM_TARGET = 'tagflow';

export interface CommRouterOptions {
  directory: string;
  compiler: Compiler;
  /** Publishes a comm message to the frontends. */
  send(type: CommType, content: object, parent?: Header): void;
  toUser(kind: CommType, content: CommContent): void;
}

export class CommRouter {
  private readonly targets = new Map<string, string>();
  private tagflow: Promise<TagflowComm> | undefined;

  constructor(private readonly options: CommRouterOptions) {}

  /** @param target only the comms of this target, when it is a string */
  list(target: unknown): Record<string, { target_name: string }> {
    const wanted = [...this.targets].filter(([, name]) => typeof target !== 'string' || name === target);
    return Object.fromEntries(wanted.map(([id, target_name]) => [id, { target_name }]));
  }

  open({ content }: Message): undefined {
    const { comm_id: id, target_name: target } = contentOf(content);
    this.targets.set(id, target);
    if (target !== TARGET) this.options.toUser('comm_open', contentOf(content));
  }

  async message({ content, header }: Message): Promise<undefined> {
    const { comm_id: id, data } = contentOf(content);
    if (this.targets.get(id) !== TARGET) {
      this.options.toUser('comm_msg', contentOf(content));
      return;
    }
    const comm = await (this.tagflow ??= this.load());
    await comm.receive(data, (reply) => {
      if (this.targets.has(id)) this.options.send('comm_msg', { comm_id: id, data: reply }, header);
    });
  }

  close({ content }: Message): undefined {
    const { comm_id: id } = contentOf(content);
    if (this.targets.get(id) !== TARGET) this.options.toUser('comm_close', contentOf(content));
    this.targets.delete(id);
  }

  /** User code has opened or closed a comm. */
  noteUserComm(kind: 'comm_open' | 'comm_close', id: string, target: string): void {
    if (kind === 'comm_open') this.targets.set(id, target);
    else this.targets.delete(id);
  }

  /** Stops the runs that were started over comms. */
  async end(): Promise<void> {
    await (await this.tagflow)?.end();
  }

  private async load(): Promise<TagflowComm> {
    const { TagflowComm } = await import('./comm.js');
    return new TagflowComm(this.options);
  }
}

function contentOf({ comm_id, target_name, data }: Content): CommContent {
  return { comm_id: String(comm_id), target_name: String(target_name ?? ''), data: data ?? {} };
}
