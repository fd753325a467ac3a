/** What every call to Telegram shares: limits on its time, and what is told when it fails. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "grammy/web";
import type { InHand } from "./in-hand.ts";
import type { Log } from "./log.ts";
import { reason } from "./log.ts";
import type { Readiness } from "./readiness.ts";
import { advice, isRateLimit, waitAfter } from "./retry.ts";

/** A call other than a poll that has no answer after this long is tried again. */
export const CALL_TIMEOUT_MS = 30_000;

export interface Watch {
  readonly log: Log;
  readonly readiness: Readiness;
  readonly inHand: InHand;
  /** Aborted when the process is asked to stop. */
  readonly stop: AbortSignal;
}

type GrammySignal = NonNullable<Parameters<Api["getMe"]>[0]>;

/** A signal that ends a call after `ms`, and at a stop if one is given. grammY's type for it is an older one than Node's. */
export function limit(ms: number, stop?: AbortSignal): GrammySignal {
  const timeout = AbortSignal.timeout(ms);
  return (stop === undefined ? timeout : AbortSignal.any([timeout, stop])) as unknown as GrammySignal;
}

/** Says that a call failed, and waits before the next attempt; a stop ends the wait. */
export async function standBack(method: string, error: unknown, failures: number, watch: Watch): Promise<void> {
  const waitMs = waitAfter(error, failures);
  const fix = advice(error);
  watch.log.warn(`${method} failed, next attempt in ${waitMs} ms: ${reason(error)}`, { failures, fix });
  await sleep(waitMs, undefined, { signal: watch.stop }).catch(() => undefined);
}

/** Calls until it succeeds. Undefined when a stop came first. */
export async function untilDone<T>(method: string, call: () => Promise<T>, watch: Watch): Promise<T | undefined> {
  for (let failures = 1; !watch.stop.aborted; failures += 1) {
    try {
      const answer = await call();
      watch.readiness.reached();
      return answer;
    } catch (error) {
      if (watch.stop.aborted) return undefined;
      if (!isRateLimit(error)) watch.readiness.failed(reason(error));
      await standBack(method, error, failures, watch);
    }
  }
  return undefined;
}
