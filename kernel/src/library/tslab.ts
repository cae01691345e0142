/** The interface of tslab's module, so that notebooks written for it run unchanged. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { display as show } from './display.js';
import { mime } from './rich.js';

export interface Display {
  javascript(content: string): void;
  html(content: string): void;
  markdown(content: string): void;
  latex(content: string): void;
  svg(content: string): void;
  png(bytes: Uint8Array): void;
  jpeg(bytes: Uint8Array): void;
  gif(bytes: Uint8Array): void;
  pdf(bytes: Uint8Array): void;
  text(content: string): void;
  raw(contentType: string, content: string | Uint8Array): void;
}

function createDisplay(id?: string): Display {
  let shown = false;
  const raw = (type: string, content: string | Uint8Array) => {
    show(mime(type, content), { id, update: id !== undefined && shown });
    shown = true;
  };
  return {
    javascript: (content) => raw('text/javascript', content),
    html: (content) => raw('text/html', content),
    markdown: (content) => raw('text/markdown', content),
    latex: (content) => raw('text/latex', content),
    svg: (content) => raw('image/svg+xml', content),
    png: (bytes) => raw('image/png', bytes),
    jpeg: (bytes) => raw('image/jpeg', bytes),
    gif: (bytes) => raw('image/gif', bytes),
    pdf: (bytes) => raw('application/pdf', bytes),
    text: (content) => raw('text/plain', content),
    raw,
  };
}

/** Shows rich content. */
export const display: Display = createDisplay();

/** A display that shows one output and overwrites it each time. */
export function newDisplay(): Display {
  return createDisplay(randomUUID());
}

const packageFile = (path: string) =>
  JSON.parse(readFileSync(createRequire(import.meta.url).resolve(path), 'utf8')) as { version: string };

/** Versions of the kernel (under the name `tslab`), its compiler and Node. */
export const versions = {
  get tslab(): string {
    return packageFile('../../package.json').version;
  },
  get typescript(): string {
    return packageFile('typescript/package.json').version;
  },
  node: process.version,
};
