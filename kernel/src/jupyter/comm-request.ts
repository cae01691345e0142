/** What the extension asks over the comm, as those who answer see it. */
import type { Pipeline, Reply, Request, RunRequest } from '@tagflow/schema';

/** Sends a reply to who asked. */
export type Answer = (reply: Reply) => void;

/** What each request does, by its type. */
export type Handlers = {
  [Type in Request['type']]: (request: Extract<Request, { type: Type }>, answer: Answer) => Promise<void>;
};

/** The notebook of a request, analysed. */
export type Analysed = (request: Pick<RunRequest, 'notebook' | 'path'>) => Promise<Pipeline>;
