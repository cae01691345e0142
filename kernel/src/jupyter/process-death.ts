/** Why a user process ended, in words. */
import type { StreamName } from '../interpreter/messages.js';

/** What V8 prints before it aborts for lack of memory. */
const OUT_OF_MEMORY = /<--- Last few GCs --->|FATAL ERROR:.*(heap|memory)/;

export class ProcessDeath {
  /** Set by who ends the process. */
  reason: string | undefined;
  private outOfMemory = false;

  /** The text without V8's report, whose meaning `describe` tells. */
  filter(name: StreamName, text: string): string {
    if (name === 'stdout') return text;
    if (this.outOfMemory) return '';
    const report = OUT_OF_MEMORY.exec(text);
    if (!report) return text;
    this.outOfMemory = true;
    return text.slice(0, report.index).trimEnd();
  }

  describe(code: number | null, signal: NodeJS.Signals | null): string {
    if (this.reason !== undefined) return this.reason;
    if (this.outOfMemory)
      return 'The code needed more memory than the heap limit allows (TAGFLOW_HEAP sets it, in MB).';
    if (signal === 'SIGABRT') return 'The user process aborted: a native crash, or out of memory.';
    if (signal === 'SIGKILL') return 'The user process was killed: perhaps the machine ran out of memory.';
    if (signal) return `The user process ended by the signal ${signal}.`;
    if (code === null) return 'The user process could not be started.';
    return `The code ended its process with exit code ${code}.`;
  }
}
