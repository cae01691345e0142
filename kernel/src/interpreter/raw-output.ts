/** What user code and its children write to the raw descriptors, parted where a cell ends. */
import { StringDecoder } from 'node:string_decoder';

const NONCE_LENGTH = 36; // a UUID
const MARK = new RegExp(`\\0([\\w-]{${NONCE_LENGTH}})\\0`);

export class RawOutput {
  private readonly decoder = new StringDecoder('utf8');
  private held = '';

  /**
   * @param text is given the text between marks
   * @param marked is given the nonce of each mark
   */
  constructor(
    private readonly text: (text: string) => void,
    private readonly marked: (nonce: string) => void,
  ) {}

  push(chunk: Buffer): void {
    this.held += this.decoder.write(chunk);
    for (
      let match;
      (match = MARK.exec(this.held));
      this.held = this.held.slice(match.index + match[0].length)
    ) {
      this.give(this.held.slice(0, match.index));
      this.marked(match[1]!);
    }
    const end = this.endOfText();
    this.give(this.held.slice(0, end));
    this.held = this.held.slice(end);
  }

  /** Where a mark may have begun that has not come in full. */
  private endOfText(): number {
    const zero = this.held.lastIndexOf('\0');
    return zero >= 0 && this.held.length - zero < NONCE_LENGTH + 2 ? zero : this.held.length;
  }

  private give(text: string): void {
    if (text) this.text(text);
  }
}
