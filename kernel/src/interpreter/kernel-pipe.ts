/** The user process's end of its pipes to the kernel. */
import { Socket } from 'node:net';
import { endAll } from './end.js';
import { encodeFrame, FrameReader } from './frames.js';
import { DESCRIPTOR, type FromUser, type ToUser } from './messages.js';
import { writeAll } from './pipe.js';

/** Tells the kernel, at once: also before a crash, and from a loop that never ends. */
export function tell(message: FromUser): void {
  const frame = encodeFrame(message);
  try {
    writeAll(DESCRIPTOR.fromUser, frame);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') endAll(); // the kernel is gone
    // Else user code has closed the descriptor: the kernel sees that, and ends this process with a word.
  }
}

export function listen(receive: (message: ToUser) => void): void {
  const reader = new FrameReader<ToUser>(receive);
  const socket = new Socket({ fd: DESCRIPTOR.toUser, readable: true, writable: false });
  socket.on('data', (chunk: Buffer) => reader.push(chunk));
  socket.on('end', endAll); // the kernel is gone
  socket.on('error', endAll);
}
