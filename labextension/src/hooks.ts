/** How React components follow what changes outside React. */
import type { ISignal } from '@lumino/signaling';
import { useEffect, useState, useSyncExternalStore, type DependencyList } from 'react';
import type { NotebookPipeline } from './model.js';
import type { PipelineState } from './state.js';
import type { IPipelines } from './tokens.js';

/** The pipeline of the notebook in front. */
export function useCurrent(pipelines: IPipelines): NotebookPipeline | null {
  return useSyncExternalStore(
    (notify) => follow(pipelines.currentChanged, notify),
    () => pipelines.current,
  );
}

export function usePipelineState(model: NotebookPipeline): PipelineState {
  return useSyncExternalStore(
    (notify) => follow(model.changed, notify),
    () => model.state,
  );
}

/** The time in milliseconds; it goes on once a second while `ticking`. */
export function useNow(ticking: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    setNow(Date.now());
    if (!ticking) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}

/**
 * What a question is answered with; undefined until then, and again when it is another question.
 * @param state when that changes the question is asked again, and the last answer stands until there is a newer one
 */
export function useAnswer<T>(
  ask: () => Promise<T>,
  question: DependencyList,
  state: DependencyList = [],
): T | undefined {
  const [answer, setAnswer] = useState<T>();
  useEffect(() => setAnswer(undefined), question);
  useEffect(() => {
    let moot = false;
    void ask().then((given) => {
      if (!moot) setAnswer(given);
    });
    return () => {
      moot = true;
    };
  }, [...question, ...state]);
  return answer;
}

function follow<T>(signal: ISignal<unknown, T>, notify: () => void): () => void {
  const slot = (): void => notify();
  signal.connect(slot);
  return () => void signal.disconnect(slot);
}
