/** Comms: messages between the notebook's code and the frontend, for widgets and their like. */
import { randomUUID } from 'node:crypto';
import { findHost, type CommContent, type CommType, type Host } from './host.js';

export interface Comm {
  readonly id: string;
  readonly target: string;
  onMessage?: (data: unknown) => void;
  onClose?: (data: unknown) => void;
  send(data: unknown): void;
  close(data?: unknown): void;
}

type Opened = (comm: Comm, data: unknown) => void;

const open = new Map<string, Comm>();
const targets = new Map<string, Opened>();

function host(): Host {
  const found = findHost();
  if (!found) throw new Error('Comms are there in a notebook only: a step has no frontend to talk to.');
  found.comm.receive ??= (type, content) => receive(type, content);
  return found;
}

function createComm(id: string, target: string): Comm {
  const comm: Comm = {
    id,
    target,
    send: (data) => host().comm.send('comm_msg', { comm_id: id, data }),
    close(data = {}) {
      open.delete(id);
      host().comm.send('comm_close', { comm_id: id, data });
    },
  };
  open.set(id, comm);
  return comm;
}

function receive(type: CommType, content: CommContent): void {
  const { comm_id: id, target_name: target, data } = content;
  if (type === 'comm_open') {
    const opened = targets.get(target);
    if (opened) opened(createComm(id, target), data);
    else host().comm.send('comm_close', { comm_id: id, data: {} });
  } else if (type === 'comm_msg') open.get(id)?.onMessage?.(data);
  else {
    open.get(id)?.onClose?.(data);
    open.delete(id);
  }
}

export const comms = {
  /** Sets who answers the comms that the frontend opens for a target. */
  register(target: string, opened: Opened): void {
    host();
    targets.set(target, opened);
  },
  /** Opens a comm to a target of the frontend. */
  open(target: string, data: unknown = {}): Comm {
    const comm = createComm(randomUUID(), target);
    host().comm.send('comm_open', { comm_id: comm.id, target_name: target, data });
    return comm;
  },
};
