/** What is being done right now, by name: a stop waits for it, and a stop that takes too long can say for what. */
export class InHand {
  readonly #work = new Map<Promise<unknown>, string>();

  async track<T>(name: string, work: Promise<T>): Promise<T> {
    this.#work.set(work, name);
    try {
      return await work;
    } finally {
      this.#work.delete(work);
    }
  }

  names(): string[] {
    return [...this.#work.values()];
  }

  /** Resolves when nothing is in hand any more, however it ended. */
  async done(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled(this.#work.keys());
  }
}
