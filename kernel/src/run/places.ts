/** Places for processes: so many work at a time, whichever steps they belong to. Who came first is served first. */
export class Places {
  private readonly queue: (() => void)[] = [];

  constructor(private free: number) {}

  /** Waits for a place, keeps it while the work goes on. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    await this.take();
    try {
      return await work();
    } finally {
      this.give();
    }
  }

  /** Gives back the place that the caller has while it waits for work that needs places itself. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    this.give();
    try {
      return await work();
    } finally {
      await this.take();
    }
  }

  private give(): void {
    const next = this.queue.shift();
    if (next) next();
    else this.free++;
  }

  private take(): Promise<void> {
    if (this.free > 0) {
      this.free--;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.queue.push(resolve));
  }
}
