/** Questions of user code to the frontend; the answers come in the same order. */
import type { ToUser } from '../interpreter/messages.js';
import type { CellRequest } from './running-cell.js';
import type { Server } from './server.js';

interface Question {
  id: string;
  prompt: string;
  password: boolean;
}

type Answer = (answer: ToUser) => void;

export class InputRequests {
  private open: { id: string; answer: Answer }[] = [];

  constructor(private readonly server: Pick<Server, 'send'>) {}

  ask({ id, prompt, password }: Question, cell: CellRequest | undefined, answer: Answer): void {
    if (!cell?.allowStdin) {
      answer({
        type: 'noInput',
        id,
        message: 'This frontend cannot be asked for input: give the value in the code.',
      });
      return;
    }
    this.open.push({ id, answer });
    const { identities, header } = cell;
    this.server.send('stdin', {
      identities,
      type: 'input_request',
      content: { prompt, password },
      parent: header,
    });
  }

  /** An `input_reply` has come. */
  reply(value: string): void {
    const question = this.open.shift();
    question?.answer({ type: 'input', id: question.id, value });
  }

  clear(): void {
    this.open = [];
  }
}
