import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createBot, MESSAGE_LIMIT, numbered } from "../src/bot.ts";
import { State } from "../src/state.ts";

const ME = { id: 1, is_bot: true, first_name: "Bot", username: "our_bot" };

async function repliesTo(...texts: string[]): Promise<string[]> {
  const dir = mkdtempSync(join(tmpdir(), "bot-"));
  const state = State.open(dir);
  const bot = createBot("1:a", "http://127.0.0.1:1", state);
  bot.botInfo = ME as never;
  const replies = [];
  for (const [index, text] of texts.entries()) {
    const entities = text.startsWith("/") ? [{ type: "bot_command", offset: 0, length: text.split(" ")[0]?.length }] : undefined;
    await bot.handleUpdate({ update_id: index + 1, message: { message_id: 1, date: 0, chat: { id: 5, type: "private" }, text, entities } } as never);
    const owed = state.nextOwed();
    replies.push(owed?.text ?? "");
    if (owed) state.settle(owed.updateId);
  }
  state.close();
  rmSync(dir, { recursive: true });
  return replies;
}

test("commands have their answers, and any other text comes back with a number of its own", async () => {
  const [start, help, ping, hello, unknown] = await repliesTo("/start", "/help", "/ping@our_bot", "hello", "/unknown");
  assert.match(start ?? "", /^Hello!/);
  assert.match(help ?? "", /\/ping answers pong/);
  assert.deepEqual([ping, hello, unknown], ["pong", "#1 hello", "#2 /unknown"]);
});

test("a command for another bot is not answered as ours", async () => {
  assert.deepEqual(await repliesTo("/ping@other_bot"), ["#1 /ping@other_bot"]);
});

test("the longest text Telegram delivers still fits into a reply, with no character split", () => {
  assert.equal(numbered(7, "x".repeat(MESSAGE_LIMIT)).length, MESSAGE_LIMIT);
  const cut = numbered(7, "😀".repeat(MESSAGE_LIMIT / 2));
  assert.ok(cut.length <= MESSAGE_LIMIT && cut.isWellFormed() && cut.endsWith("…"));
});
