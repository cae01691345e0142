/** Globals that the kernel adds to Node's, as user code sees them. */
export const GLOBALS = `
/** Asks the reader of the notebook for a line of text. */
declare function prompt(message?: string, options?: { password?: boolean }): Promise<string>;
/** Asks the reader of the notebook a question to be answered with yes or no. */
declare function confirm(message?: string): Promise<boolean>;
`;
