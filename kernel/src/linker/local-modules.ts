/** The notebook's own files as one module graph, which can be begun anew. */
import { statSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';

/** What the loader tells about a file it has read. */
export interface LoadedFile {
  url: string;
  /** Time of its last change in milliseconds, as `stat` tells it. */
  modified: number;
}

/** What the loader is given at its start. */
export interface LoaderData {
  library: Readonly<Record<string, string>>;
  port: MessagePort;
}

/** The loader's generation mark in a local file's URL; files that it imports inherit it. */
export const GENERATION = 'tagflow';

let loads: MessagePort | undefined; // the loader is one per process

/** The loader costs a thread: it is started with the first local file. */
function startLoader(library: LoaderData['library']): MessagePort {
  if (loads === undefined) {
    const { port1, port2 } = new MessageChannel();
    const data: LoaderData = { library, port: port2 };
    register(new URL('./loader.js', import.meta.url), { data, transferList: [port2] });
    process.setSourceMapsEnabled(true);
    port1.unref();
    loads = port1;
  }
  return loads;
}

let generation = 0; // of the process, so that two linkers never share an instance by accident

export class LocalModules {
  readonly #library: LoaderData['library'];
  readonly #files = new Map<string, number>();
  #generation: number | undefined;

  constructor(library: LoaderData['library']) {
    this.#library = library;
  }

  /** The URL that imports the file in the present graph; an edited file begins a new graph. */
  url(file: string): string {
    this.#listen(startLoader(this.#library));
    if (this.#edited()) this.renew();
    this.#generation ??= ++generation;
    return `${file}?${GENERATION}=${this.#generation}`;
  }

  /** Begins a new graph: each file is evaluated anew at its next import. */
  renew(): void {
    this.#generation = undefined;
    this.#files.clear();
  }

  #listen(port: MessagePort): void {
    for (let received; (received = receiveMessageOnPort(port)) !== undefined;) {
      const { url, modified } = received.message as LoadedFile;
      this.#files.set(url, modified);
    }
  }

  #edited(): boolean {
    for (const [url, modified] of this.#files) {
      if (statSync(fileURLToPath(url), { throwIfNoEntry: false })?.mtimeMs !== modified) return true;
    }
    return false;
  }
}
