/** Whether the gateway can do its work now, and if not, why. */

export interface Report {
  readonly ready: boolean;
  readonly body: { readonly status: string; readonly telegram: string; readonly state: string };
}

export class Readiness {
  #polled = false;
  #trouble: string | undefined;
  #stopping = false;

  /** Telegram answered a poll. */
  polled(): void {
    this.#polled = true;
    this.#trouble = undefined;
  }

  /** Telegram answered another call. */
  reached(): void {
    this.#trouble = undefined;
  }

  /** A call to Telegram failed; `why` is shown to anybody who asks, so it must hold no secret. */
  failed(why: string): void {
    this.#trouble = why;
  }

  stop(): void {
    this.#stopping = true;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** The state is open whenever there is somebody to ask: the process does not listen before, and does not live after. */
  report(): Report {
    const telegram = this.#trouble ?? (this.#polled ? "polled" : "not polled yet");
    const ready = telegram === "polled" && !this.#stopping;
    const status = this.#stopping ? "stopping" : ready ? "ready" : "not ready";
    return { ready, body: { status, telegram, state: "open" } };
  }
}
