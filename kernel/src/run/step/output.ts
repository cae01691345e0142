/** What a step prints, on its way out of its process. */

/** A pipe's handle in Node; no part of its documented interface. */
interface Piped {
  _handle?: { setBlocking?: (blocking: boolean) => unknown };
}

/**
 * What is printed waits until the runner has taken it. Else a full pipe has it lie in this process, where it is lost if
 * the process ends first: at its end, by `process.exit()`, by a signal, or with the words that say why.
 */
export function blockOutput(): void {
  for (const stream of [process.stdout, process.stderr]) (stream as Piped)._handle?.setBlocking?.(true);
}
