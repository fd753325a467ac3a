/** `getUpdates`: waiting polls, confirmation by offset, and the conflict of two pollers, by the rules of Telegram's own server. */
import { TelegramError } from "./answer.ts";
import type { Store, Update } from "./store.ts";

const LONGEST_TIMEOUT_S = 50;
/** The same question again so soon means that the client spins; Telegram makes it wait and gives it one update at a time. */
const REPEAT_S = 3;
const HASTY_REPEAT_S = 0.5;
/** A second conflict within this time is told only after this time. */
const CONFLICT_PAUSE_MS = 3_000;
const CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

export interface Question {
  readonly offset: number;
  readonly limit: number;
  readonly timeout: number;
}

interface Waiting {
  readonly start: number;
  readonly limit: number;
  settle(outcome: Update[] | TelegramError): void;
}

export class Polls {
  readonly #store: Store;
  #waiting: Waiting | undefined;
  #lastOffset = Number.NaN;
  #lastAskedAt = 0;
  #nextConflictAt = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** True while a bot waits for updates. */
  get polled(): boolean {
    return this.#waiting !== undefined;
  }

  /** @param gone aborted when the client closes its connection. @throws TelegramError 409 when another poll takes over. */
  async ask(question: Question, gone: AbortSignal): Promise<Update[]> {
    const { limit, timeout } = this.#slowedDown(question);
    const start = this.#store.startFor(question.offset);
    this.#store.forgetBelow(start);
    const updates = this.#store.updatesFrom(start, limit);
    return updates.length > 0 || timeout === 0 || gone.aborted ? updates : this.#wait(start, limit, timeout, gone);
  }

  /** To be called after an update was added. */
  wake(): void {
    const waiting = this.#waiting;
    if (waiting !== undefined) waiting.settle(this.#store.updatesFrom(waiting.start, waiting.limit));
  }

  #slowedDown({ offset, limit, timeout }: Question): { limit: number; timeout: number } {
    const now = performance.now();
    const since = offset === this.#lastOffset ? (now - this.#lastAskedAt) / 1_000 : Number.POSITIVE_INFINITY;
    this.#lastOffset = offset;
    this.#lastAskedAt = now;
    const within = { limit: Math.min(Math.max(limit, 1), 100), timeout: Math.min(Math.max(timeout, 0), LONGEST_TIMEOUT_S) };
    return {
      limit: since < HASTY_REPEAT_S ? 1 : within.limit,
      timeout: since < REPEAT_S ? Math.max(within.timeout, REPEAT_S) : within.timeout,
    };
  }

  async #wait(start: number, limit: number, timeoutS: number, gone: AbortSignal): Promise<Update[]> {
    this.#waiting?.settle(new TelegramError(409, CONFLICT));
    const outcome = await new Promise<Update[] | TelegramError>((resolve) => {
      const settle = (value: Update[] | TelegramError) => {
        if (this.#waiting === waiting) this.#waiting = undefined;
        clearTimeout(timer);
        resolve(value);
      };
      const waiting: Waiting = { start, limit, settle };
      const timer = setTimeout(() => settle([]), timeoutS * 1_000);
      gone.addEventListener("abort", () => settle([]), { once: true });
      this.#waiting = waiting;
    });
    if (!(outcome instanceof TelegramError)) return outcome;
    await this.#conflictPause();
    throw outcome;
  }

  async #conflictPause(): Promise<void> {
    const now = performance.now();
    if (now < this.#nextConflictAt) await new Promise((resolve) => setTimeout(resolve, CONFLICT_PAUSE_MS));
    else this.#nextConflictAt = now + CONFLICT_PAUSE_MS;
  }
}
