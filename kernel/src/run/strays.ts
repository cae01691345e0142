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
      process.on('unhandledRejection', meet);
    });
    // Once the step has ended nobody waits for it any more.
    this.promise.catch(() => undefined);
  }
}
