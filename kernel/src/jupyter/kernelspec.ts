/** How Jupyter starts the kernel. */
import { fileURLToPath } from 'node:url';

export const KERNEL_NAME = 'tagflow';

export function kernelspec(): object {
  return {
    // This Node: the kernel's native parts were installed for it.
    argv: [process.execPath, fileURLToPath(new URL('./process.js', import.meta.url)), '{connection_file}'],
    display_name: 'Tagflow',
    language: 'typescript',
    interrupt_mode: 'message',
    kernel_protocol_version: '5.5',
    metadata: { debugger: false },
  };
}
