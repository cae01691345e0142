/** The time as it is: code of a step may replace or stop the clock that others see. */
const Clock = Date;
const { now: clockNow } = Date;
const { toISOString } = Date.prototype;

/** Now, in milliseconds. */
export const now = (): number => clockNow();

/** Now, as it stands in records. */
export const instant = (): string => toISOString.call(new Clock());
