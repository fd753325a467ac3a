/** What an HTTP route gives back, and the ways to say no. */
import type { IncomingMessage } from "node:http";

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Route = (request: IncomingMessage) => Answer | Promise<Answer>;

/** Thrown by a route to answer with an error: `{"error": "..."}`. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(status: number, error: string, headers: Readonly<Record<string, string>> = {}) {
    super(error);
    this.answer = { status, body: { error }, headers };
  }
}
