/** What the library does in a notebook: outputs and comms go to the kernel with the cell they belong to. */
import type { CommContent, CommType, Host } from '../library/host.js';
import { currentCell } from './cell-context.js';
import { tell } from './kernel-pipe.js';
import type { OutputMessage } from './messages.js';

function publish(message: OutputMessage['message'], content: Record<string, unknown>): void {
  tell({ type: 'output', cell: currentCell()?.cell, message, content });
}

export const notebookHost: Host = {
  display({ data, metadata = {}, id, update }) {
    const transient = id === undefined ? {} : { display_id: id };
    publish(update ? 'update_display_data' : 'display_data', { data, metadata, transient });
  },
  clear: (wait) => publish('clear_output', { wait }),
  page(data) {
    currentCell()?.payload.push({ source: 'page', data, start: 0 });
  },
  comm: {
    send: (type, content) => publish(type, { ...content }),
  },
};

/** A message of the frontend; without the library's comms loaded no target is registered. */
export function receiveComm(kind: CommType, content: CommContent): void {
  const { receive } = notebookHost.comm;
  if (receive) receive(kind, content);
  else if (kind === 'comm_open') notebookHost.comm.send('comm_close', { comm_id: content.comm_id, data: {} });
}
