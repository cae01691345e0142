import type { Check } from '../findings.js';
import { diagnose } from '../../diagnostics/table.js';

/** What was found when the cells were read: ids, tags, settings. */
export const checkCells: Check = ({ cells }) => cells.diagnostics;

/** The notebook says that it is written for another kernel or language. */
export const checkLanguage: Check = ({ notebook }) => {
  const { kernel, language } = notebook;
  if (kernel === 'tagflow' || (kernel === undefined && language === undefined)) return [];
  if (language !== undefined && /^(typescript|javascript|ts|js)$/i.test(language)) return [];
  return [diagnose('TF101', {}, { language: language ?? `the kernel ${kernel}` })];
};

/** A tsconfig.json that is broken, or an option in it: the notebook is read without it. */
export const checkOptions: Check = ({ problems }) =>
  problems.map((problem) => diagnose('TF110', {}, { problem: problem.replace(/\.$/, '') }));

export const checkEmpty: Check = ({ flow }) => (flow.steps.length ? [] : [diagnose('TF104', {})]);
