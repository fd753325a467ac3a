/** Answers in Telegram's form. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `{"ok": false, "error_code": ..., "description": ...}` with the matching HTTP status. */
export class TelegramError extends Error {
  readonly answer: Answer;

  constructor(status: number, description: string, retryAfter?: number) {
    super(description);
    const parameters = retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } };
    const headers = retryAfter === undefined ? {} : { headers: { "retry-after": String(retryAfter) } };
    this.answer = { status, body: { ok: false, error_code: status, description, ...parameters }, ...headers };
  }
}

export function ok(result: unknown): Answer {
  return { status: 200, body: { ok: true, result } };
}
