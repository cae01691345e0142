/** Stands in what an export writes: only that may the next one replace. */
export const MADE_BY = 'Made by `tagflow export`. Do not edit it: change the notebook and export it again.';
