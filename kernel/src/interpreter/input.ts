/** `prompt` and `confirm`, answered by the frontend. */
import { randomUUID } from 'node:crypto';
import { currentCell } from './cell-context.js';
import { tell } from './kernel-pipe.js';

interface Question {
  resolve(answer: string): void;
  reject(error: Error): void;
}

const questions = new Map<string, Question>();

function ask(prompt: string, password: boolean): Promise<string> {
  const id = randomUUID();
  return new Promise((resolve, reject) => {
    questions.set(id, { resolve, reject });
    tell({ type: 'input', id, cell: currentCell()?.cell, prompt, password });
  });
}

function take(id: string): Question | undefined {
  const question = questions.get(id);
  questions.delete(id);
  return question;
}

export function answer(id: string, value: string): void {
  take(id)?.resolve(value);
}

export function refuse(id: string, message: string): void {
  take(id)?.reject(new Error(message));
}

/** Ends all open questions. */
export function stopAsking(reason: Error): void {
  for (const id of [...questions.keys()]) take(id)?.reject(reason);
}

/** Makes `prompt(message, { password })` and `confirm(message)` global; both give promises. */
export function offerInput(): void {
  Object.assign(globalThis, {
    prompt: (message = '', { password = false } = {}) => ask(String(message), password),
    confirm: async (message = '') => /^\s*y/i.test(await ask(`${String(message)} [y/N] `, false)),
  });
}
