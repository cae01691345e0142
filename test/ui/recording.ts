/** A client of which a test sees what it sends; the test answers by `channel.onMessage`. */
import type { Channel } from '../../labextension/lib/comm/channel.js';
import { Client } from '../../labextension/lib/comm/client.js';

export function recordingClient<Sent>(): { client: Client; channel: Channel; sent: Sent[] } {
  const sent: Sent[] = [];
  const channel: Channel = {
    send: (data) => void sent.push(data as Sent),
    onMessage: () => undefined,
    onClose: () => undefined,
    dispose: () => undefined,
  };
  return { client: new Client(channel), channel, sent };
}
