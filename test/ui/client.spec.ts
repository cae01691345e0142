import { Client, ReplyError } from '../../labextension/lib/comm/client.js';
import type { Channel } from '../../labextension/lib/comm/channel.js';
import { flowers, run } from './samples';

interface Sent {
  type: string;
  id: string;
}

/** A channel whose other end is the test. */
function pair() {
  const sent: Sent[] = [];
  const channel: Channel = {
    send: (data) => void sent.push(data as Sent),
    onMessage: () => undefined,
    onClose: () => undefined,
    dispose: jest.fn(),
  };
  return { client: new Client(channel), channel, sent, reply: (data: unknown) => channel.onMessage(data) };
}

const analyse = { type: 'analyse', notebook: {} } as const;

describe('a client', () => {
  it('joins answers to questions by their ids, in any order', async () => {
    const { client, sent, reply } = pair();
    const first = client.ask(analyse);
    const second = client.ask({ type: 'runs' });
    reply({ type: 'runs', id: sent[1]!.id, runs: [] });
    reply({ type: 'pipeline', id: 'of-somebody-else', pipeline: flowers });
    reply({ type: 'pipeline', id: sent[0]!.id, pipeline: flowers });
    expect((await first).pipeline).toEqual(flowers);
    expect((await second).runs).toEqual([]);
  });

  it('passes on every reply of a run until the last', async () => {
    const { client, sent, reply } = pair();
    const seen: string[] = [];
    const asked = client.ask({ type: 'run', notebook: {}, parameters: {} }, (one) =>
      seen.push(one.type === 'run' ? one.run.state : one.text),
    );
    const { id } = sent[0]!;
    reply({ type: 'run', id, run: run('running', []), done: false });
    reply({ type: 'log', id, run: 'r1', step: 'load', stream: 'stdout', text: 'hello', done: false });
    reply({ type: 'run', id, run: run('succeeded', []), done: true });
    reply({ type: 'run', id, run: run('failed', []), done: true });
    await asked;
    expect(seen).toEqual(['running', 'hello', 'succeeded']);
  });

  it("rejects with the kernel's sentence", async () => {
    const { client, sent, reply } = pair();
    const asked = client.ask({ type: 'show', run: 'r9' });
    reply({ type: 'error', id: sent[0]!.id, message: 'There is no run r9.' });
    await expect(asked).rejects.toThrow(new ReplyError('There is no run r9.'));
  });

  it('refuses an answer of the wrong form and names the field', async () => {
    const { client, sent, reply } = pair();
    const asked = client.ask(analyse);
    reply({ type: 'pipeline', id: sent[0]!.id, pipeline: { ...flowers, steps: 3 } });
    await expect(asked).rejects.toThrow(/not understood \(\/pipeline\/steps must be array\)/);
  });

  it('does not send a request of the wrong form', async () => {
    const { client, sent } = pair();
    await expect(client.ask({ type: 'runs', limit: 0 })).rejects.toThrow(/\/limit must be >= 1/);
    expect(sent).toEqual([]);
  });

  it('ignores what is no answer', () => {
    const { reply } = pair();
    for (const data of [null, 3, 'text', [], {}, { id: 7 }, { id: 'x' }])
      expect(() => reply(data)).not.toThrow();
  });

  it('gives up its questions when the kernel goes away', async () => {
    const { client, channel } = pair();
    const closed = jest.fn();
    client.onClosed = closed;
    const asked = client.ask(analyse);
    channel.onClose();
    await expect(asked).rejects.toThrow(/Restart the kernel/);
    await expect(client.ask(analyse)).rejects.toThrow(/not connected/);
    expect(closed).toHaveBeenCalledTimes(1);
  });
});
