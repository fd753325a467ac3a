/** When a call to Telegram failed: is it final, how long to wait, and what can a person do. Pure. */
import { GrammyError } from "grammy/web";

const FIRST_WAIT_MS = 250;
const FIRST_CONFLICT_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;

/** True when Telegram will never take this message: the chat is gone, the bot is blocked, the text is malformed. */
export function isRefusal(error: unknown): error is GrammyError {
  return error instanceof GrammyError && (error.error_code === 400 || error.error_code === 403);
}

/** True when another process polls with the same token. */
export function isConflict(error: unknown): boolean {
  return error instanceof GrammyError && error.error_code === 409;
}

/** True when Telegram is there and only asks for patience. */
export function isRateLimit(error: unknown): boolean {
  return error instanceof GrammyError && error.error_code === 429;
}

/**
 * Milliseconds to wait before the next attempt: what Telegram asks for, else doubling up to 30 s.
 *
 * @param failures failures in a row, 1 for the first.
 * @param random from 0 to 1; spreads a wait over half its length, so that two gateways do not stay in step.
 */
export function waitAfter(error: unknown, failures: number, random = Math.random()): number {
  const retryAfter = error instanceof GrammyError ? error.parameters.retry_after : undefined;
  if (retryAfter !== undefined) return retryAfter * 1_000;
  const first = isConflict(error) ? FIRST_CONFLICT_WAIT_MS : FIRST_WAIT_MS;
  const spread = first * 2 ** Math.min(failures - 1, 20) * (1 + random / 2);
  return Math.round(Math.min(spread, LONGEST_WAIT_MS));
}

/** What to do about it, where there is something to do. */
export function advice(error: unknown): string | undefined {
  const code = error instanceof GrammyError ? error.error_code : undefined;
  if (code === 401 || code === 404) return "Telegram does not know TELEGRAM_BOT_TOKEN: copy it again from @BotFather";
  if (code === 409) return "another process polls with the same TELEGRAM_BOT_TOKEN: stop it, or give each its own bot";
  return undefined;
}
