/** The user process: runs cells for the kernel that started it. */
import { setHost } from '../library/host.js';
import { setPlace } from '../library/place.js';
import { Cells } from './cells.js';
import { currentCell, isRunning } from './cell-context.js';
import { answer, offerInput, refuse } from './input.js';
import { interruptCells, KeyboardInterrupt, prepareInterrupts } from './interrupt.js';
import { listen, tell } from './kernel-pipe.js';
import { createLinker } from '../linker/linker.js';
import type { ToUser } from './messages.js';
import { captureStreams } from './output.js';
import { NotebookClasses } from './notebook-classes.js';
import { notebookHost, receiveComm } from './notebook-host.js';
import { trackTimers } from './timers.js';
import { errorContent } from './user-error.js';

/** An error that no code caught: it ends its cell, or is told when the cell has ended. */
function uncaught(error: unknown): void {
  const context = currentCell();
  if (context && isRunning(context)) return context.stop(error);
  if (error instanceof KeyboardInterrupt) return; // who interrupted knows
  tell({
    type: 'stream',
    cell: context?.cell,
    name: 'stderr',
    text: `Uncaught ${errorContent(error).traceback[0]}\n`,
  });
}

const classes = new NotebookClasses();
const cells = new Cells(createLinker({ directory: process.cwd() }), classes);

function receive(message: ToUser): void | Promise<void> {
  switch (message.type) {
    case 'run':
      return cells.run(message);
    case 'evaluate':
      return cells.evaluate(message);
    case 'interrupt':
      return interruptCells(message.id);
    case 'input':
      return answer(message.id, message.value);
    case 'noInput':
      return refuse(message.id, message.message);
    case 'comm':
      return receiveComm(message.kind, message.content);
  }
}

captureStreams();
trackTimers();
prepareInterrupts(uncaught);
process.on('unhandledRejection', uncaught);
offerInput();
setHost(notebookHost);
setPlace({
  get directory() {
    return process.cwd();
  },
  classes,
});
listen((message) => {
  try {
    receive(message)?.catch(uncaught);
  } catch (error) {
    uncaught(error);
  }
});
tell({ type: 'up' });
