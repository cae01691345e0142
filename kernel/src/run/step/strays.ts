/** The notebook's process tells such an error and goes on; the values of a step might rest on it. */
const UNHANDLED =
  'A promise was rejected before anything waited for it: await it, or give it a .catch() where it is made.\n';

/** What nobody caught in this process: an error in a timer, a promise that nobody awaits. */
export class Strays {
  /** Whether there has been any. */
  met = false;
  /** Rejects with the first. */
  readonly promise: Promise<never>;

  constructor() {
    this.promise = new Promise((_resolve, reject) => {
      const meet = (error: unknown): void => {
        this.met = true;
        reject(error);
      };
      process.on('uncaughtException', meet);
      process.on('unhandledRejection', (error) => {
        if (!this.met) process.stderr.write(UNHANDLED);
        meet(error);
      });
    });
    // Once the step has ended nobody waits for it any more.
    this.promise.catch(() => undefined);
  }
}
