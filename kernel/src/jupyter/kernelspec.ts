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

/** The picture on the card in JupyterLab's launcher: three steps, two of which follow from one. */
export const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64">' +
  '<path d="M32 22v10M14 42V32h36v10" fill="none" stroke="#7b8794" stroke-width="4"/>' +
  '<rect x="19" y="4" width="26" height="18" rx="4" fill="#2f6fd0"/>' +
  '<rect x="1" y="42" width="26" height="18" rx="4" fill="#c0561c"/>' +
  '<rect x="37" y="42" width="26" height="18" rx="4" fill="#26845a"/></svg>\n';
