/** The extension's side of the comm `tagflow`, and notebooks for it. */
import { validateReply } from '../../schema/lib/index.js';
import type { TestKernel } from './client.ts';

export const COMM = 'the-comm';

/** Sends a request and gives its replies, up to the last one. Each must be valid. */
export type Ask = (request: object) => Promise<any[]>;

export function openComm(kernel: TestKernel): Ask {
  kernel.send('comm_open', { comm_id: COMM, target_name: 'tagflow', data: {} });
  let count = 0;
  return async (request) => {
    const id = `q${++count}`;
    kernel.send('comm_msg', { comm_id: COMM, data: { id, ...request } });
    const replies = [];
    for (;;) {
      const { content } = await kernel.inbox.iopub.take(
        ({ header, content: { data } }) => header.msg_type === 'comm_msg' && data?.id === id,
      );
      const { data } = content as { data: any };
      if (!validateReply(data)) throw new Error(JSON.stringify([data, validateReply.errors]));
      replies.push(data);
      if ((data as { done?: boolean }).done !== false) return replies;
    }
  };
}

export const cell = (id: string, source: string, ...tags: string[]) => ({
  cell_type: 'code',
  id,
  metadata: { tags },
  source,
  outputs: [],
  execution_count: null,
});

export const notebook = (...cells: object[]) => ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
