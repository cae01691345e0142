/** Messages on a pipe: JSON, one a line, so that what else comes that way spoils one line and never the lengths of others. */
const NEWLINE = 10;

// Whatever user code does to them.
const { parse, stringify } = JSON;
const { defineProperty, getOwnPropertyDescriptor } = Object;
const bytesOf = Buffer.from.bind(Buffer) as (text: string) => Buffer;
const inherited = [Array.prototype, Object.prototype] as { toJSON?: unknown }[];

/** @throws what JSON.stringify throws for values that have no JSON form */
export function encodeFrame(message: unknown): Buffer {
  return bytesOf(`${textOf(message)}\n`);
}

/** A `toJSON` that user code gives to every object would speak for messages too: it is away while one is written. */
function textOf(message: unknown): string {
  for (const prototype of inherited) {
    const toJSON = getOwnPropertyDescriptor(prototype, 'toJSON');
    if (!toJSON?.configurable) continue;
    delete prototype.toJSON;
    try {
      return textOf(message);
    } finally {
      defineProperty(prototype, 'toJSON', toJSON);
    }
  }
  return stringify(message);
}

/** Takes a stream's chunks and gives its messages. */
export class FrameReader<Message> {
  /** Chunks of a line that has not come in full. */
  private held: Buffer[] = [];

  constructor(private readonly receive: (message: Message) => void) {}

  /** @throws SyntaxError for a line that is no message */
  push(chunk: Buffer): void {
    let rest = chunk;
    for (let end; (end = rest.indexOf(NEWLINE)) >= 0; rest = rest.subarray(end + 1)) {
      const line = Buffer.concat([...this.held, rest.subarray(0, end)]);
      this.held = [];
      this.receive(parse(line.toString()) as Message);
    }
    if (rest.length > 0) this.held.push(rest);
  }
}
