/** Follows a notebook's kernel: which one it is, and a client to it while it lives. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';
import { openChannel } from './channel.js';
import { Client } from './client.js';

/** `other`: a kernel of another kind. `busy-elsewhere`: its comms belong to another view of it. */
export type Link = 'none' | 'starting' | 'ready' | 'other' | 'lost' | 'busy-elsewhere';

/** The name by which the kernel introduces itself, and its kernelspec's. */
export const KERNEL_NAME = 'tagflow';

export class Connection {
  constructor(private readonly context: ISessionContext) {
    context.kernelChanged.connect(this.kernelChanged, this);
    context.statusChanged.connect(this.statusChanged, this);
    context.connectionStatusChanged.connect(this.connectionChanged, this);
    void this.connect();
  }

  get link(): Link {
    return this.state;
  }

  /** Null unless `link` is `ready`. */
  get client(): Client | null {
    return this.open;
  }

  /** Emitted on every change of `link` or `client`. */
  get changed(): ISignal<Connection, void> {
    return this.signal;
  }

  dispose(): void {
    this.disposed = true;
    this.drop('The notebook was closed.');
    Signal.clearData(this);
  }

  private kernelChanged(): void {
    this.drop('The kernel was changed. Ask again.');
    void this.connect();
  }

  private statusChanged(_: unknown, status: Kernel.Status): void {
    if (status === 'restarting' || status === 'autorestarting' || status === 'terminating') {
      this.drop('The kernel was restarted. Ask again.');
      this.become('starting');
    } else if (status === 'dead') {
      this.drop('The kernel has died. Restart it and try again.');
      this.become('lost');
    } else if (status === 'idle' && !this.open && this.state !== 'other') {
      void this.connect();
    }
  }

  /** Replies may have been lost while the network was away: begin anew. */
  private connectionChanged(_: unknown, status: Kernel.ConnectionStatus): void {
    if (status === 'connected' && this.open) {
      this.drop('The connection to the kernel was interrupted. Ask again.');
      void this.connect();
    }
  }

  private async connect(): Promise<void> {
    if (this.connecting === this.turn) return;
    const kernel = this.context.session?.kernel;
    if (!kernel) return this.become(this.context.hasNoKernel ? 'none' : 'starting');
    const turn = (this.connecting = ++this.turn);
    const stale = (): boolean => this.disposed || turn !== this.turn;
    if (this.state !== 'other') this.become('starting');
    try {
      const info = await kernel.info;
      if (stale()) return;
      if (info.implementation !== KERNEL_NAME && kernel.name !== KERNEL_NAME) return this.become('other');
      const channel = await openChannel(kernel);
      if (stale()) return channel.dispose();
      this.open = new Client(channel);
      this.open.onClosed = () => this.clientClosed();
      this.become('ready');
    } catch {
      if (!stale()) this.become(kernel.handleComms ? 'lost' : 'busy-elsewhere');
    } finally {
      if (this.connecting === turn) this.connecting = 0;
    }
  }

  private clientClosed(): void {
    if (!this.open) return;
    this.open = null;
    this.become('lost');
  }

  private drop(reason: string): void {
    this.turn++;
    const client = this.open;
    this.open = null;
    client?.close(reason);
  }

  private become(link: Link): void {
    if (this.disposed) return;
    this.state = link;
    this.signal.emit();
  }

  private state: Link = 'starting';
  private open: Client | null = null;
  /** Counts attempts; what belongs to an earlier one is stale. */
  private turn = 1;
  private connecting = 0;
  private disposed = false;
  private readonly signal = new Signal<Connection, void>(this);
}
