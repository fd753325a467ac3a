/**
 * What must survive any stop: the running number of each chat and the replies that are owed.
 *
 * A reply is written down, with its number, before it is sent, and ticked off after Telegram has taken it. Telegram is told
 * that an update is done (a higher offset) only after that. So a stop at any moment loses nothing, and only a kill between
 * "Telegram has taken it" and the tick sends one reply again, with the same text.
 *
 * Updates are told apart by identifier, never by "lower than the last one": Telegram starts at a random, possibly lower,
 * number after a quiet week.
 */
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SQLInputValue } from "node:sqlite";

const SCHEMA_VERSION = 1;
const SCHEMA = `
  CREATE TABLE chats (chat_id INTEGER PRIMARY KEY, number INTEGER NOT NULL) STRICT;
  CREATE TABLE replies (
    seq INTEGER PRIMARY KEY,
    update_id INTEGER NOT NULL UNIQUE,
    chat_id INTEGER NOT NULL,
    text TEXT NOT NULL,
    settled_at INTEGER
  ) STRICT;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;
const LOCK_WAIT_MS = 2_000;
/** Telegram keeps an unconfirmed update for 24 hours; after that its identifier cannot come back. */
const REMEMBER_MS = 25 * 3_600_000;

export interface OwedReply {
  readonly updateId: number;
  readonly chatId: number;
  readonly text: string;
}

/** The state cannot be opened, read or written. The process must not go on: it would answer twice. */
export class StateError extends Error {}

export class State {
  readonly #db: DatabaseSync;

  private constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** @throws StateError that says which path, which user and what to do. */
  static open(dir: string): State {
    makeWritable(dir);
    return guarded(`cannot open the state in ${dir}`, () => {
      const db = new DatabaseSync(join(dir, "gateway.db"), { timeout: LOCK_WAIT_MS });
      // Exclusive: a second gateway on the same volume must fail at once, not answer everything a second time.
      db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
      migrate(db);
      return new State(db);
    });
  }

  /** Owes `reply` for an update; a function gets the chat's next running number. Does nothing for an update already taken. */
  owe(updateId: number, chatId: number, reply: string | ((number: number) => string)): void {
    this.#transaction(() => {
      if (this.#get("SELECT 1 FROM replies WHERE update_id = ?", updateId) !== undefined) return;
      const text = typeof reply === "string" ? reply : reply(this.#nextNumber(chatId));
      this.#run("INSERT INTO replies (update_id, chat_id, text) VALUES (?, ?, ?)", updateId, chatId, text);
    });
  }

  /** The reply that has been owed longest. */
  nextOwed(): OwedReply | undefined {
    const row = this.#get("SELECT update_id, chat_id, text FROM replies WHERE settled_at IS NULL ORDER BY seq LIMIT 1");
    return row && { updateId: Number(row["update_id"]), chatId: Number(row["chat_id"]), text: String(row["text"]) };
  }

  /** Telegram took the reply, or refused it for good. */
  settle(updateId: number): void {
    this.#run("UPDATE replies SET settled_at = ? WHERE update_id = ?", Date.now(), updateId);
  }

  /** Telegram has confirmed every update below `offset`: they cannot come back. */
  forget(offset: number): void {
    this.#run("DELETE FROM replies WHERE settled_at IS NOT NULL AND (update_id < ? OR settled_at < ?)", offset, Date.now() - REMEMBER_MS);
  }

  close(): void {
    guarded("cannot close the state", () => this.#db.close());
  }

  #nextNumber(chatId: number): number {
    const row = this.#get(
      "INSERT INTO chats VALUES (?, 1) ON CONFLICT (chat_id) DO UPDATE SET number = number + 1 RETURNING number",
      chatId,
    );
    return Number(row?.["number"]);
  }

  #get(sql: string, ...values: SQLInputValue[]): Record<string, unknown> | undefined {
    return guarded("cannot read the state", () => this.#db.prepare(sql).get(...values));
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    guarded("cannot write the state", () => this.#db.prepare(sql).run(...values));
  }

  #transaction(body: () => void): void {
    this.#run("BEGIN IMMEDIATE");
    try {
      body();
      this.#run("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }
}

function makeWritable(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const user = process.getuid?.();
    const whose = existsSync(dir) ? `it belongs to user ${statSync(dir).uid}` : "it cannot be made";
    throw new StateError(
      `cannot write to ${dir} as user ${user}: ${whose} (${(error as NodeJS.ErrnoException).code}); ` +
        `fix: use the named volume, or on the host: chown -R ${user}:${user} <the folder mounted there>`,
    );
  }
}

function migrate(db: DatabaseSync): void {
  const version = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > SCHEMA_VERSION) {
    throw new StateError(`the state was written by a newer gateway (format ${version}, this one knows ${SCHEMA_VERSION}); fix: run the newer image`);
  }
  if (version < SCHEMA_VERSION) db.exec(`BEGIN; ${SCHEMA} COMMIT;`);
}

function guarded<T>(what: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof StateError) throw error;
    const { message, errcode } = error as Error & { errcode?: number };
    const fix = errcode === 5 ? "; fix: another gateway uses this volume, stop it first" : "";
    throw new StateError(`${what}: ${message}${fix}`);
  }
}
