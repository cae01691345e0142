/** The chain behind a message: what it throws, as data. */
import type { Language } from '../language/language.js';
import type { AnalysisReply, AnalysisRequest } from '../language/messages.js';
import { observing } from '../language/observations.js';
import ts from '../language/typescript.js';
import { pipelineOf } from '../pipeline/index.js';

/** @param language with what it knows of files already: what the answer rests on is not told then */
export function answerTo({ notebook, ...options }: AnalysisRequest, language?: Language): AnalysisReply {
  try {
    if (language) return { pipeline: pipelineOf(notebook, { ...options, language }).pipeline };
    const { result, observations } = observing(ts.sys, () => pipelineOf(notebook, options).pipeline);
    return { pipeline: result, ...(observations ? { observations } : {}) };
  } catch (error) {
    const { name, message, stack } = error as Error;
    return { error: { name, message, ...(stack === undefined ? {} : { stack }) } };
  }
}
