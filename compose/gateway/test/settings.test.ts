import assert from "node:assert/strict";
import { test } from "node:test";
import { milliseconds } from "../src/duration.ts";
import { readSettings, SettingsError } from "../src/settings.ts";

const COMPLETE = { GATEWAY_TOKEN: "0123456789abcdef", TELEGRAM_BOT_TOKEN: `123456789:${"A".repeat(35)}` };

function problems(env: Record<string, string>): readonly string[] {
  try {
    readSettings(env);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.problems;
  }
  return [];
}

test("two tokens are enough, everything else has a value", () => {
  assert.deepEqual(readSettings(COMPLETE), {
    gatewayToken: COMPLETE.GATEWAY_TOKEN,
    botToken: COMPLETE.TELEGRAM_BOT_TOKEN,
    apiRoot: "https://api.telegram.org",
    port: 18789,
    bind: "lan",
    stateDir: "/data",
    logLevel: "info",
    shutdownTimeoutMs: 8_000,
  });
});

test("an empty variable counts as one that is not set", () => {
  assert.match(problems({ ...COMPLETE, GATEWAY_TOKEN: "  " }).join(), /^GATEWAY_TOKEN is not set; fix: /);
  assert.equal(readSettings({ ...COMPLETE, GATEWAY_PORT: "" }).port, 18789);
});

test("all problems are told at once, each with what to do, and no secret is among them", () => {
  const wrong = {
    GATEWAY_TOKEN: "hunter2", TELEGRAM_BOT_TOKEN: "hunter3", TELEGRAM_API_ROOT: "telegram:8081", GATEWAY_PORT: "70000",
    GATEWAY_BIND: "0.0.0.0", STATE_DIR: "data", LOG_LEVEL: "loud", SHUTDOWN_TIMEOUT: "soon",
  };
  const told = problems(wrong);
  assert.deepEqual(told.map((each) => each.split(" ")[0]), Object.keys(wrong));
  for (const each of told) assert.match(each, /; fix: /);
  assert.doesNotMatch(told.join(), /hunter/);
});

test("a loopback bind is refused where the port is published, and only there", () => {
  const loopback = { ...COMPLETE, GATEWAY_BIND: "loopback" };
  assert.equal(readSettings(loopback).bind, "loopback");
  assert.match(problems({ ...loopback, GATEWAY_PUBLISHED_PORT: "18789" }).join(), /cannot be reached through its published port/);
});

test("a shutdown that may take longer than the engine waits is refused", () => {
  assert.match(problems({ ...COMPLETE, SHUTDOWN_TIMEOUT: "15s", STOP_GRACE_PERIOD: "15s" }).join(), /shorter than stop_grace_period/);
  assert.equal(readSettings({ ...COMPLETE, SHUTDOWN_TIMEOUT: "14s", STOP_GRACE_PERIOD: "15s" }).shutdownTimeoutMs, 14_000);
});

test("the token is never sent unencrypted to Telegram, and a trailing slash of the address does no harm", () => {
  assert.match(problems({ ...COMPLETE, TELEGRAM_API_ROOT: "http://api.telegram.org" }).join(), /unencrypted/);
  assert.equal(readSettings({ ...COMPLETE, TELEGRAM_API_ROOT: "http://telegram:8081/" }).apiRoot, "http://telegram:8081");
});

test("durations have a unit or are milliseconds", () => {
  assert.deepEqual(["500ms", "1.5s", "2m", "1h", "250"].map(milliseconds), [500, 1_500, 120_000, 3_600_000, 250]);
  for (const each of ["", "0s", "-1s", "8 seconds", "1e3"]) assert.throws(() => milliseconds(each), /must be a duration/);
});
