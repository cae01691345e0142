/** What is asked about past runs: code, comparison, lineage, values. */
import type { Answer, Question } from './client.js';
import { ask } from './question.js';
import type { RunSource } from './runbook.js';

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

  /** With its value where that is small and JSON can hold it. */
  artifact(place: ArtifactPlace): Promise<Reply<'artifact'>> {
    return ask(this.source, { type: 'artifact', ...place });
  }
}
