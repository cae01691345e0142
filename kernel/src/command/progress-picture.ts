/** How a run goes, as a picture that moves, for a terminal. */
import type { Run, StepRun } from '@tagflow/schema';
import colors from 'picocolors';
import { createLogUpdate } from 'log-update';
import type { RunEvent } from '../run/event.js';
import { Output, type Progress } from './progress.js';
import { cachedText, loopsText } from './step-text.js';
import { timeText, stateText } from './text.js';

export class Picture implements Progress {
  private readonly update = createLogUpdate(process.stdout);
  private readonly output = new Output((line) => this.update.persist(line));
  private run: Run | undefined;
  private readonly timer = setInterval(() => this.draw(), 100).unref();

  tell(event: RunEvent): void {
    if (event.type === 'log') this.output.add(event.step, event.text);
    else if (event.type === 'waiting') this.update.persist(`${event.step}: ${event.text}`);
    else if (event.type === 'run') this.run = event.run;
    else if (event.step.state !== 'running') this.output.end(event.step.name);
    this.draw();
  }

  end(): void {
    clearInterval(this.timer);
    this.draw();
    this.update.done();
  }

  private draw(): void {
    if (!this.run) return;
    const width = Math.max(...this.run.steps.map(({ name }) => name.length));
    this.update(this.run.steps.map((step) => stepLine(step, width)).join('\n'));
  }
}

function stepLine(step: StepRun, width: number): string {
  const { name, state, started, ended } = step;
  const loops = loopsText(step);
  const time = timeText(started, ended ?? (state === 'running' ? new Date().toISOString() : undefined));
  const cached = cachedText(step);
  return `${name.padEnd(width)}  ${stateText(state)}${cached && ` ${cached}`}${loops && ` ${loops}`}${time ? colors.dim(` ${time}`) : ''}`;
}
