// Generated from schema/*.json by `npm run generate`. Do not edit.
import * as compiled from './compiled.js';
import type { CellSettings, NotebookSettings, Pipeline, RunStart, RunEnd, AttemptStart, AttemptEnd, CacheEntry, Deployment, Placement, Request, Reply } from './types.js';

export interface ValidationError {
  instancePath: string;
  keyword: string;
  message?: string;
  params: Record<string, unknown>;
}
/** Whether the data has the type; if not, `errors` says why. */
export interface Validate<T> {
  (data: unknown): data is T;
  errors?: ValidationError[] | null;
}

export const validateCellSettings = compiled.validateCellSettings as unknown as Validate<CellSettings>;
export const validateNotebookSettings = compiled.validateNotebookSettings as unknown as Validate<NotebookSettings>;
export const validatePipeline = compiled.validatePipeline as unknown as Validate<Pipeline>;
export const validateRunStart = compiled.validateRunStart as unknown as Validate<RunStart>;
export const validateRunEnd = compiled.validateRunEnd as unknown as Validate<RunEnd>;
export const validateAttemptStart = compiled.validateAttemptStart as unknown as Validate<AttemptStart>;
export const validateAttemptEnd = compiled.validateAttemptEnd as unknown as Validate<AttemptEnd>;
export const validateCacheEntry = compiled.validateCacheEntry as unknown as Validate<CacheEntry>;
export const validateDeployment = compiled.validateDeployment as unknown as Validate<Deployment>;
export const validatePlacement = compiled.validatePlacement as unknown as Validate<Placement>;
export const validateRequest = compiled.validateRequest as unknown as Validate<Request>;
export const validateReply = compiled.validateReply as unknown as Validate<Reply>;
