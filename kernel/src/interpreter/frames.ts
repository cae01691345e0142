/** Messages on a pipe: the length in four bytes, then JSON. */
const HEADER = 4;
const { parse, stringify } = JSON; // whatever user code does to JSON

export function encodeFrame(message: unknown): Buffer {
  const text = stringify(message);
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEADER + length);
  frame.writeUInt32BE(length);
  frame.write(text, HEADER);
  return frame;
}

/** Takes a stream's chunks and gives its messages. */
export class FrameReader<Message> {
  private chunks: Buffer[] = [];
  private length = 0;

  constructor(private readonly receive: (message: Message) => void) {}

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
    for (let frame; (frame = this.take()) !== undefined;) this.receive(parse(frame) as Message);
  }

  private take(): string | undefined {
    if (this.length < HEADER) return undefined;
    if (this.chunks[0]!.length < HEADER) this.join();
    const end = HEADER + this.chunks[0]!.readUInt32BE(0);
    if (this.length < end) return undefined; // a long frame's chunks are joined once, when the last has come
    this.join();
    const [whole] = this.chunks as [Buffer];
    this.chunks = [whole.subarray(end)];
    this.length -= end;
    return whole.toString('utf8', HEADER, end);
  }

  private join(): void {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
  }
}
