/** How a run goes, while it goes: lines for a file or a pipe; for a terminal see progress-picture.ts. */
import colors from 'picocolors';
import type { RunEvent } from '../run/event.js';
import { printable } from '../run/printable.js';
import { cachedText, itemText, loopsText } from './step-text.js';
import { printAside, timeText } from './text.js';

export interface Progress {
  tell(event: RunEvent): void;
  /** What is around the run does not answer, and is asked again. */
  away(message: string): void;
  /** It answers again. */
  back(): void;
  /** Leaves the terminal as it should be. */
  end(): void;
}

/** With `json`, standard output is left to the result. */
export async function progressOf({ json }: { json: boolean }): Promise<Progress> {
  if (json) return new Lines(process.stderr);
  // Some terminals have no size: nothing that moves can be drawn there.
  const { isTTY, columns, rows } = process.stdout;
  if (!isTTY || !(columns > 0) || !(rows > 0)) return new Lines(process.stdout);
  const { Picture } = await import('./progress-picture.js');
  return new Picture();
}

/** A step's output as whole lines with its name before them. */
export class Output {
  private readonly rests = new Map<string, string>();

  constructor(private readonly print: (line: string) => void) {}

  add(step: string, text: string): void {
    const lines = ((this.rests.get(step) ?? '') + text).split('\n');
    this.rests.set(step, lines.pop() ?? '');
    for (const line of lines) this.print(`${colors.dim(`[${step}]`)} ${printable(shownLast(line))}`);
  }

  end(step: string): void {
    if (this.rests.get(step)) this.add(step, '\n');
  }
}

/** What a terminal shows of a line that begins anew, as a bar that grows does. */
function shownLast(line: string): string {
  return line.replace(/\r+$/, '').replace(/^.*\r/s, '');
}

/** A loop's items are told of in lines this often, in milliseconds. */
const LOOP_INTERVAL = 2_000;

class Lines implements Progress {
  private readonly output: Output;
  /** By step: what was told last, and when. */
  private readonly told = new Map<string, { text: string; time: number }>();

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.output = new Output((line) => void stream.write(`${line}\n`));
  }

  tell(event: RunEvent): void {
    if (event.type === 'log') this.output.add(event.step, event.text);
    if (event.type === 'waiting') this.say(event.step, event.text);
    if (event.type !== 'step') return;
    const { name, state, started, ended, attempts, failure } = event.step;
    const loops = loopsText(event.step);
    if (state === 'running') {
      this.say(
        name,
        loops || (attempts > 1 ? `attempt ${attempts} started` : 'started'),
        loops ? LOOP_INTERVAL : 0,
      );
      return;
    }
    if (state === 'pending') return;
    this.output.end(name);
    const item = failure ? itemText(failure) : '';
    const reason = failure ? `: ${item && `${item}: `}${failure.name}: ${failure.message}` : '';
    const cached = cachedText(event.step);
    const how = cached ? ` ${cached}` : started === undefined ? '' : ` after ${timeText(started, ended)}`;
    this.say(name, `${state}${how}${loops && `, ${loops}`}${reason}`);
  }

  /** Says nothing twice, and not too often. */
  private say(step: string, text: string, interval = 0): void {
    const last = this.told.get(step);
    if (last?.text === text || (last && Date.now() - last.time < interval)) return;
    this.told.set(step, { text, time: Date.now() });
    this.stream.write(printable(`${step}: ${text}\n`));
  }

  away(message: string): void {
    printAside(`${againText(message)}\n`);
  }

  back(): void {
    // the lines that follow say so
  }

  end(): void {
    // every line has been written
  }
}

/** What a person reads while it is asked again. */
export function againText(message: string): string {
  return `${message} It is tried again.`;
}
