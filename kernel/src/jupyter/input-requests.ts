/** Questions of user code to the frontend. */
import type { ToUser } from '../interpreter/messages.js';
import type { CellRequest } from './running-cell.js';
import type { Server } from './server.js';

interface Question {
  /** Also the id of the message that asks. */
  id: string;
  prompt: string;
  password: boolean;
}

type Answer = (answer: ToUser) => void;

interface OpenQuestion {
  id: string;
  cell: CellRequest;
  answer: Answer;
}

export class InputRequests {
  private open: OpenQuestion[] = [];

  constructor(private readonly server: Pick<Server, 'send'>) {}

  ask({ id, prompt, password }: Question, cell: CellRequest | undefined, answer: Answer): void {
    if (!cell?.allowStdin) {
      refuse(id, answer, 'This frontend cannot be asked for input: give the value in the code.');
      return;
    }
    this.open.push({ id, cell, answer });
    const { identities, header } = cell;
    this.server.send('stdin', {
      id,
      identities,
      type: 'input_request',
      content: { prompt, password },
      parent: header,
    });
  }

  /**
   * An `input_reply` has come.
   * @param parent id of the message that it answers: of the question, or of the execute request. Without it, the
   * question that has waited longest is meant.
   */
  reply(value: string, parent: string | undefined): void {
    const question = this.open.find(
      ({ id, cell }) => parent === undefined || parent === id || parent === cell.header.msg_id,
    );
    if (!question) return; // it was asked by a cell that has ended
    this.open = this.open.filter((other) => other !== question);
    question.answer({ type: 'input', id: question.id, value });
  }

  /** The cell has ended: no one waits for what it has asked, unless it asked for code that still runs. */
  drop(cell: CellRequest): void {
    const dropped = this.open.filter((question) => question.cell === cell);
    this.open = this.open.filter((question) => question.cell !== cell);
    for (const { id, answer } of dropped)
      refuse(id, answer, 'The cell that asked has ended: await the answer in it.');
  }

  /** What was asked is not waited for any more. */
  clear(): void {
    this.open = [];
  }
}

function refuse(id: string, answer: Answer, message: string): void {
  answer({ type: 'noInput', id, message });
}
