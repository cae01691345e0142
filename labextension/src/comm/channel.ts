/** The comm to a Tagflow kernel. */
import type { Kernel } from '@jupyterlab/services';
import { COMM_TARGET } from '@tagflow/schema';

/** What the client needs of a comm; data are JSON. */
export interface Channel {
  send(data: unknown): void;
  onMessage: (data: unknown) => void;
  onClose: () => void;
  dispose(): void;
}

/** How long to wait for a subshell before the main shell has to do. */
const SUBSHELL_PATIENCE = 3000;

/**
 * Opens the comm, over a subshell where the kernel has them, so that it is answered while a cell runs.
 * @throws when the kernel connection cannot carry comms
 */
export async function openChannel(kernel: Kernel.IKernelConnection): Promise<Channel> {
  const comm = kernel.createComm(COMM_TARGET);
  const channel: Channel = {
    send: (data) => void comm.send(data as Parameters<typeof comm.send>[0]),
    onMessage: () => undefined,
    onClose: () => undefined,
    dispose: () => {
      if (comm.isDisposed) return;
      if (kernel.isDisposed || kernel.connectionStatus !== 'connected') comm.dispose();
      else comm.close();
    },
  };
  comm.onMsg = (message) => channel.onMessage(message.content.data);
  comm.onClose = () => channel.onClose();
  await subshell(kernel, comm);
  comm.open({});
  return channel;
}

/** `subshellStarted` never settles for a kernel without subshells, so that one is asked first. */
async function subshell(kernel: Kernel.IKernelConnection, comm: Kernel.IComm): Promise<void> {
  await kernel.info;
  if (!kernel.supportsSubshells) return;
  const { subshellStarted } = comm as { subshellStarted?: Promise<void> };
  const patience = new Promise<void>((resolve) => setTimeout(resolve, SUBSHELL_PATIENCE));
  await Promise.race([subshellStarted?.catch(() => undefined), patience]);
}
