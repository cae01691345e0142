/** A ZeroMQ socket takes one message at a time: the others wait here. */
interface Sender {
  send(frames: Buffer[]): Promise<void>;
}

/** Told when so much waits that who produces should wait too, and when that is over. */
export interface Backlog {
  full(): void;
  drained(): void;
}

const FULL = 16 * 2 ** 20; // bytes

export class SendQueue {
  private waiting: Buffer[][] = [];
  private bytes = 0;
  private sending = false;
  private isFull = false;
  private readonly idle: (() => void)[] = [];
  backlog: Backlog | undefined;

  constructor(private readonly socket: Sender) {}

  push(frames: Buffer[]): void {
    this.waiting.push(frames);
    this.bytes += size(frames);
    if (this.bytes > FULL && !this.isFull) {
      this.isFull = true;
      this.backlog?.full();
    }
    if (!this.sending) void this.pump();
  }

  /** Resolves when nothing waits. */
  async drained(): Promise<void> {
    if (this.sending) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private async pump(): Promise<void> {
    this.sending = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      for (const frames of batch) {
        this.bytes -= size(frames);
        await this.socket.send(frames).catch(() => undefined); // the peer has gone, or the socket is closed
      }
    }
    this.sending = false;
    if (this.isFull) this.backlog?.drained();
    this.isFull = false;
    for (const resolve of this.idle.splice(0)) resolve();
  }
}

function size(frames: readonly Buffer[]): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0);
}
