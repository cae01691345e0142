/** The chain behind a message: what it throws, as data. */
import type { Language } from '../language/language.js';
import type { AnalysisReply, AnalysisRequest } from '../language/messages.js';
import { pipelineOf } from './index.js';

export function answerTo({ notebook, ...options }: AnalysisRequest, language?: Language): AnalysisReply {
  try {
    return { pipeline: pipelineOf(notebook, { ...options, ...(language ? { language } : {}) }).pipeline };
  } catch (error) {
    const { name, message, stack } = error as Error;
    return { error: { name, message, ...(stack === undefined ? {} : { stack }) } };
  }
}
