/** What is asked about past runs: code, comparison, lineage, values. */
import type { AttemptPlace } from '@tagflow/schema';
import type { Answer, Question } from '../comm/client.js';
import { appendLog, EMPTY_LOG, type Log } from '../run/log.js';
import { ask } from '../comm/question.js';
import type { RunSource } from '../run/runbook.js';

type Reply<Type extends Question['type']> = Answer<Extract<Question, { type: Type }>> | null;

/** An artifact of a run. */
export interface ArtifactPlace {
  run: string;
  step: string;
  name: string;
}

export class PastBook {
  constructor(private readonly source: Pick<RunSource, 'client' | 'document' | 'update'>) {}

  /** A run's code, and how the notebook differs from it; null where that was refused. */
  async code(run: string): Promise<Reply<'code'>> {
    const notebook = this.source.document();
    return notebook && ask(this.source, { type: 'code', run, notebook });
  }

  /** What differs between two runs. */
  compare(from: string, to: string): Promise<Reply<'compare'>> {
    return ask(this.source, { type: 'compare', from, to });
  }

  /** @param depth how many steps back and on */
  lineage(place: ArtifactPlace, depth: number): Promise<Reply<'lineage'>> {
    return ask(this.source, { type: 'lineage', ...place, depth });
  }

  /** The attempts of a step where there was more than one. */
  attempts(run: string, step: string): Promise<Reply<'attempts'>> {
    return ask(this.source, { type: 'attempts', run, step });
  }

  /** What an attempt has written; null where that was refused. */
  async attemptLog(run: string, step: string, attempt: AttemptPlace): Promise<Log | null> {
    let log = EMPTY_LOG;
    const last = await ask(this.source, { type: 'logs', run, step, attempt }, ({ stream, text }) => {
      log = appendLog(log, { stream, text });
    });
    return last && log;
  }

  /** With its value where that is small and JSON can hold it. */
  artifact(place: ArtifactPlace): Promise<Reply<'artifact'>> {
    return ask(this.source, { type: 'artifact', ...place });
  }
}
