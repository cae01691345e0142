/** The kernel's five sockets. */
import { createRequire } from 'node:module';
import type { Router, XPublisher } from 'zeromq';
import type { Channel, Connection } from './connection.js';
import { CHANNELS, ConnectionError } from './connection.js';
import { SendQueue, type Backlog } from './send-queue.js';
import { Wire, type Message, type Outgoing } from './wire.js';

export type RequestChannel = 'shell' | 'control' | 'stdin';

/** `require` loads the CommonJS module quicker than `import` does, and the start counts. */
const { Router: RouterSocket, XPublisher: XPublisherSocket } = createRequire(import.meta.url)(
  'zeromq',
) as typeof import('zeromq');

const LINGER = 1000; // ms that a closed socket still sends what it holds

export class Server {
  private readonly wire: Wire;
  private readonly queues: Record<Channel, SendQueue>;
  private readonly routers: Record<'shell' | 'control' | 'stdin' | 'hb', Router>;
  private readonly publisher: XPublisher;

  constructor(private readonly connection: Connection) {
    this.wire = new Wire(connection);
    // No high-water marks: at one, a router or publisher drops messages without a word.
    const router = () => new RouterSocket({ linger: LINGER, sendHighWaterMark: 0 });
    this.routers = { shell: router(), control: router(), stdin: router(), hb: router() };
    this.publisher = new XPublisherSocket({ linger: LINGER, sendHighWaterMark: 0 });
    this.publisher.verbosity = 'allSubs';
    const sockets = { ...this.routers, iopub: this.publisher };
    const queues = CHANNELS.map((channel) => [channel, new SendQueue(sockets[channel])]);
    this.queues = Object.fromEntries(queues) as Record<Channel, SendQueue>;
  }

  /** @throws ConnectionError when an address is taken or none of this machine's */
  async bind(): Promise<void> {
    for (const channel of CHANNELS) {
      const address = this.connection.addresses[channel];
      const socket = channel === 'iopub' ? this.publisher : this.routers[channel];
      await socket.bind(address).catch((error: NodeJS.ErrnoException) => {
        throw new ConnectionError(`The kernel cannot listen on ${address} (${error.code}): start it again.`);
      });
    }
  }

  /** Hands on every authentic request. */
  serve(receive: (channel: RequestChannel, message: Message) => void): void {
    for (const channel of ['shell', 'control', 'stdin'] as const) {
      void this.receive(channel, (message) => receive(channel, message));
    }
    void this.echo();
    void this.welcome();
  }

  send(channel: RequestChannel | 'iopub', message: Outgoing): void {
    this.queues[channel].push(this.wire.encode(message));
  }

  /** Tells when output cannot be sent as fast as it comes. */
  watchOutput(backlog: Backlog): void {
    this.queues.iopub.backlog = backlog;
  }

  /** Closes the sockets when they have sent everything. */
  async close(): Promise<void> {
    await Promise.all(Object.values(this.queues).map((queue) => queue.drained()));
    for (const socket of [...Object.values(this.routers), this.publisher]) socket.close();
  }

  private async receive(channel: RequestChannel, receive: (message: Message) => void): Promise<void> {
    for await (const frames of this.routers[channel]) {
      const message = this.wire.decode(frames);
      if (message) receive(message);
    }
  }

  private async echo(): Promise<void> {
    for await (const frames of this.routers.hb) this.queues.hb.push(frames);
  }

  /** A frontend that has subscribed knows by the welcome that it misses nothing from now on. */
  private async welcome(): Promise<void> {
    for await (const [subscription] of this.publisher) {
      if (subscription?.[0] !== 1) continue;
      const topic = subscription.subarray(1);
      const identities = [topic.length > 0 ? topic : Buffer.from('iopub_welcome')];
      this.send('iopub', { identities, type: 'iopub_welcome', content: { subscription: topic.toString() } });
    }
  }
}
