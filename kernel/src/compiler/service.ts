/** Answers the language's operations one after the other, in a thread or in a process. */
import type { createHandlers } from './handlers.js';
import type { Ready, Reply, Request } from '../language/messages.js';

/** How answers go out and questions come in. */
export interface Port {
  post(message: Reply | Ready): void;
  listen(listener: (request: Request) => void): void;
}

/** @param timing.load how long loading took, in milliseconds; `rest` is called whenever nothing is left to be done */
export function serve(
  { handlers, warmUp }: ReturnType<typeof createHandlers>,
  port: Port,
  { load, rest }: { load: number; rest: () => void },
): void {
  const loaded = performance.now();
  let queue = Promise.resolve();
  port.listen((request) => {
    queue = queue.then(() => answer(request)).then(rest);
  });
  warmUp();
  const ready: Ready = { ready: true, load, warm: performance.now() - loaded };
  port.post(ready);
  rest();

  async function answer({ n, op, arg }: Request): Promise<void> {
    let reply: Reply;
    try {
      const handle = handlers[op] as (arg: unknown) => unknown;
      reply = { n, value: await handle(arg) };
    } catch (error) {
      reply = { n, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    port.post(reply);
  }
}
