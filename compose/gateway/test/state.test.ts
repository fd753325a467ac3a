import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, test } from "node:test";
import { State, StateError } from "../src/state.ts";

let dir = "";
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "state-"))));
afterEach(() => rmSync(dir, { recursive: true }));

function withState<T>(use: (state: State) => T): T {
  const state = State.open(dir);
  try {
    return use(state);
  } finally {
    state.close();
  }
}

const numbered = (number: number) => `#${number}`;

test("a reply that was owed when the process ended is still owed after it, with the same number", () => {
  withState((state) => state.owe(10, 1, numbered));
  withState((state) => assert.deepEqual(state.nextOwed(), { updateId: 10, chatId: 1, text: "#1" }));
});

test("an update that comes again is not owed again and takes no second number", () => {
  withState((state) => {
    state.owe(10, 1, numbered);
    state.settle(10);
    state.owe(10, 1, numbered);
    assert.equal(state.nextOwed(), undefined);
    state.owe(11, 1, numbered);
    assert.equal(state.nextOwed()?.text, "#2");
  });
});

test("each chat counts for itself", () => {
  withState((state) => {
    for (const [update, chat] of [[1, 7], [2, 7], [3, -100_123_456_789_012]] as const) state.owe(update, chat, numbered);
    const texts = [];
    for (let owed = state.nextOwed(); owed !== undefined; owed = state.nextOwed()) {
      texts.push(`${owed.chatId} ${owed.text}`);
      state.settle(owed.updateId);
    }
    assert.deepEqual(texts, ["7 #1", "7 #2", "-100123456789012 #1"]);
  });
});

test("an update with a lower identifier than all before is new: Telegram starts anew after a quiet week", () => {
  withState((state) => {
    state.owe(900, 1, numbered);
    state.settle(900);
    state.forget(901);
    state.owe(5, 1, numbered);
    assert.equal(state.nextOwed()?.updateId, 5);
  });
});

test("what is confirmed is forgotten, what is still owed is not", () => {
  withState((state) => {
    state.owe(1, 1, "settled");
    state.settle(1);
    state.owe(2, 1, "owed");
    state.forget(3);
    state.owe(1, 1, "taken again, as nothing is known of it");
    assert.equal(state.nextOwed()?.text, "owed");
    state.settle(2);
    assert.equal(state.nextOwed()?.updateId, 1);
  });
});

test("a reply whose text cannot be made leaves no number taken", () => {
  withState((state) => {
    assert.throws(() => state.owe(1, 1, () => { throw new Error("no text"); }), /no text/);
    state.owe(1, 1, numbered);
    assert.equal(state.nextOwed()?.text, "#1");
  });
});

test("a second gateway on the same volume is refused with what to do", () => {
  withState(() => assert.throws(() => State.open(dir), /database is locked; fix: another gateway uses this volume/));
});

test("the state of a newer gateway is left alone", () => {
  withState(() => undefined);
  const db = new DatabaseSync(join(dir, "gateway.db"));
  db.exec("PRAGMA user_version = 2");
  db.close();
  assert.throws(() => State.open(dir), /written by a newer gateway \(format 2/);
});

test("a folder that cannot be made is named, with the user and what to do", () => {
  writeFileSync(join(dir, "file"), "");
  assert.throws(
    () => State.open(join(dir, "file", "below")),
    (error) => error instanceof StateError && /cannot write to \S+file\/below as user \d+: it cannot be made \(ENOTDIR\); fix: .*chown/.test(error.message),
  );
});
