/** Faults that the person's side orders for the next calls of the bot. */
import { TelegramError } from "./answer.ts";
import { whole } from "./params.ts";
import type { Params } from "./params.ts";

/**
 * `answer`: an error in Telegram's form. `html`: a page as a proxy in front of Telegram answers. `hang`: no answer, ever.
 * `drop`: the connection is cut before the work. `lose`: the work is done and the connection is cut before the answer.
 */
export const MODES = ["answer", "html", "hang", "drop", "lose"] as const;
export type Mode = (typeof MODES)[number];

export interface Fault {
  /** Lower case; `*` for any. */
  readonly method: string;
  readonly mode: Mode;
  readonly status: number;
  readonly description: string;
  readonly retryAfter: number | undefined;
  /** Calls that go well before it strikes. */
  skip: number;
  times: number;
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: "Bad Request: chat not found",
  401: "Unauthorized",
  403: "Forbidden: bot was blocked by the user",
  500: "Internal Server Error",
  502: "Bad Gateway",
};

export class Faults {
  #orders: Fault[] = [];

  /** @throws TelegramError 400 that says what is wrong with the order. */
  order(params: Params): Fault {
    const fault = readFault(params);
    this.#orders.push(fault);
    return fault;
  }

  /** The fault for this call, used up by one. */
  take(method: string): Fault | undefined {
    const fault = this.#orders.find((each) => each.method === "*" || each.method === method);
    if (fault !== undefined && fault.skip-- > 0) return undefined;
    if (fault !== undefined && --fault.times <= 0) this.#orders = this.#orders.filter((each) => each !== fault);
    return fault;
  }

  list(): readonly Fault[] {
    return this.#orders;
  }

  clear(): void {
    this.#orders = [];
  }
}

function readFault(params: Params): Fault {
  const { method = "*", mode = "answer", status = 500, skip = 0, times = 1, retry_after: retryAfter, description } = params;
  const code = whole(status);
  const count = whole(times);
  const passed = whole(skip);
  const mustBe = (what: string) => new TelegramError(400, `Bad Request: ${what}`);
  if (typeof method !== "string") throw mustBe("method must be a name such as sendMessage, or *");
  if (!MODES.some((each) => each === mode)) throw mustBe(`mode must be one of ${MODES.join(", ")}`);
  if (code === undefined || code < 400 || code > 599) throw mustBe("status must be 400 to 599");
  if (count === undefined || count < 1) throw mustBe("times must be 1 or more");
  if (passed === undefined || passed < 0) throw mustBe("skip must be 0 or more");
  const wait = code === 429 ? (whole(retryAfter) ?? 1) : undefined;
  const text = wait === undefined ? (DESCRIPTIONS[code] ?? `Error ${code}`) : `Too Many Requests: retry after ${wait}`;
  const said = { status: code, description: String(description ?? text), retryAfter: wait };
  return { method: method.toLowerCase(), mode: mode as Mode, ...said, skip: passed, times: count };
}
