import assert from "node:assert/strict";
import { test } from "node:test";
import { GrammyError, HttpError } from "grammy/web";
import { advice, isRefusal, waitAfter } from "../src/retry.ts";

function telegram(code: number, retryAfter?: number): GrammyError {
  const parameters = retryAfter === undefined ? {} : { retry_after: retryAfter };
  return new GrammyError("failed", { ok: false, error_code: code, description: "?", parameters }, "sendMessage", {});
}

test("Telegram's own waiting time is kept to the second", () => {
  assert.equal(waitAfter(telegram(429, 7), 1), 7_000);
  assert.equal(waitAfter(telegram(429, 90), 5), 90_000);
});

test("waits double up to half a minute, a conflict begins with two seconds", () => {
  const waits = (error: unknown) => [1, 2, 3, 5, 9, 1_000].map((failures) => waitAfter(error, failures, 0));
  assert.deepEqual(waits(new HttpError("down", new Error())), [250, 500, 1_000, 4_000, 30_000, 30_000]);
  assert.deepEqual(waits(telegram(409)), [2_000, 4_000, 8_000, 30_000, 30_000, 30_000]);
});

test("chance spreads a wait over half its length and never beyond half a minute", () => {
  assert.equal(waitAfter(telegram(409), 1, 1), 3_000);
  assert.equal(waitAfter(telegram(409), 9, 1), 30_000);
});

test("only what Telegram will never take is final", () => {
  const final = [400, 401, 403, 404, 409, 429, 500, 502].filter((code) => isRefusal(telegram(code)));
  assert.deepEqual(final, [400, 403]);
  assert.equal(isRefusal(new HttpError("down", new Error())), false);
});

test("a wrong token and a second poller come with what to do", () => {
  assert.match(advice(telegram(401)) ?? "", /BotFather/);
  assert.match(advice(telegram(409)) ?? "", /give each its own bot/);
  assert.equal(advice(telegram(500)), undefined);
});
