/** How a run goes, as a picture that moves, for a terminal. */
import type { Run, StepRun } from '@tagflow/schema';
import colors from 'picocolors';
import { createLogUpdate } from 'log-update';
import type { RunEvent } from '../run/event.js';
import { printable } from '../run/printable.js';
import { Output, type Progress, againText } from './progress.js';
import { cachedText, loopsText } from './step-text.js';
import { timeText, stateText } from './text.js';

export class Picture implements Progress {
  private readonly update = createLogUpdate(process.stdout);
  private readonly output = new Output((line) => this.update.persist(line));
  private run: Run | undefined;
  private trouble: string | undefined;
  private timer: NodeJS.Timeout | undefined = setInterval(() => this.draw(), 100).unref();

  tell(event: RunEvent): void {
    if (event.type === 'log') this.output.add(event.step, event.text);
    else if (event.type === 'waiting') this.update.persist(printable(`${event.step}: ${event.text}`));
    else if (event.type === 'run') this.run = event.run;
    else if (event.step.state !== 'running') this.output.end(event.step.name);
    this.draw();
  }

  away(message: string): void {
    this.trouble = againText(message);
    this.draw();
  }

  back(): void {
    this.trouble = undefined;
    this.draw();
  }

  end(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = this.trouble = undefined;
    this.draw();
    this.update.done();
  }

  private draw(): void {
    const { run, trouble } = this;
    if (!run && trouble === undefined) return;
    const steps = run?.steps ?? [];
    const width = Math.max(...steps.map(({ name }) => name.length));
    const lines = steps.map((step) => stepLine(step, width));
    this.update([...lines, ...(trouble === undefined ? [] : [colors.yellow(printable(trouble))])].join('\n'));
  }
}

function stepLine(step: StepRun, width: number): string {
  const { name, state, started, ended } = step;
  const loops = loopsText(step);
  const time = timeText(started, ended ?? (state === 'running' ? new Date().toISOString() : undefined));
  const cached = cachedText(step);
  return `${name.padEnd(width)}  ${stateText(state)}${cached && ` ${cached}`}${loops && ` ${loops}`}${time ? colors.dim(` ${time}`) : ''}`;
}
