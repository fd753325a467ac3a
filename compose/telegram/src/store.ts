/**
 * What Telegram keeps: the updates a bot has not confirmed, the chats it may write to, and here also all that the bot said.
 * Kept in SQLite, because Telegram does not forget when one of its servers restarts.
 */
import { randomInt } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

export interface Message {
  readonly message_id: number;
  readonly from: Readonly<Record<string, unknown>>;
  readonly chat: Readonly<Record<string, unknown>>;
  readonly date: number;
  readonly text: string;
  readonly entities?: readonly Readonly<Record<string, unknown>>[];
}

export interface Update {
  readonly update_id: number;
  readonly message: Message;
}

/** A message of the bot, as the person's side sees it. `seq` counts from 1 over all chats. */
export interface Heard {
  readonly seq: number;
  readonly chat_id: number;
  readonly message_id: number;
  readonly text: string;
  readonly at_ms: number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS updates (update_id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS chats (chat_id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS heard (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, text TEXT NOT NULL, at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS next (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
`;
/** Telegram takes an offset this far beyond the next update, or so far below the first, for a mistake and ignores it. */
const FUTURE = 10;
const PAST = 100_000;

export class Store {
  readonly #db: DatabaseSync;

  /** @param file a path, or `:memory:`. */
  constructor(file: string) {
    this.#db = new DatabaseSync(file);
    this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${SCHEMA}`);
    // As Telegram's: the first identifier is random, so that no client may think of it as a counter from 1.
    this.#run("INSERT OR IGNORE INTO next VALUES ('update', ?), ('message', 1)", randomInt(2_000_000, 1_000_000_000));
  }

  addUpdate(message: Omit<Message, "message_id">): Update {
    const update = { update_id: this.#take("update"), message: { message_id: this.#take("message"), ...message } };
    this.#run("INSERT INTO chats VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body", Number(message.chat["id"]), JSON.stringify(message.chat));
    this.#run("INSERT INTO updates VALUES (?, ?)", update.update_id, JSON.stringify(update));
    return update;
  }

  /** Where Telegram starts for an offset it is given. Negative: forgets all but that many from the end. */
  startFor(offset: number): number {
    const { head, tail } = this.#ends();
    if (offset < 0) return this.#lastStart(-offset, head);
    return offset === 0 || offset > tail + FUTURE || offset < head - PAST ? head : offset;
  }

  /** Forgets every update below `start`: the bot has confirmed them. */
  forgetBelow(start: number): void {
    this.#run("DELETE FROM updates WHERE update_id < ?", start);
  }

  updatesFrom(start: number, limit: number): Update[] {
    return this.#all("SELECT body FROM updates WHERE update_id >= ? ORDER BY update_id LIMIT ?", start, limit).map((row) =>
      JSON.parse(String(row["body"])),
    );
  }

  pending(): number {
    return Number(this.#all("SELECT count(*) AS n FROM updates")[0]?.["n"]);
  }

  chat(chatId: number): Readonly<Record<string, unknown>> | undefined {
    const row = this.#all("SELECT body FROM chats WHERE chat_id = ?", chatId)[0];
    return row && JSON.parse(String(row["body"]));
  }

  /** Keeps what the bot said; gives its message_id. */
  addHeard(chatId: number, text: string): number {
    const messageId = this.#take("message");
    this.#run("INSERT INTO heard (chat_id, message_id, text, at_ms) VALUES (?, ?, ?, ?)", chatId, messageId, text, Date.now());
    return messageId;
  }

  /** What the bot said after `seq`, oldest first; in one chat if `chatId` is given. */
  heard(after: number, chatId: number | undefined, limit: number): Heard[] {
    return this.#all(
      "SELECT * FROM heard WHERE seq > ? AND (? IS NULL OR chat_id = ?) ORDER BY seq LIMIT ?",
      after, chatId ?? null, chatId ?? null, limit,
    ) as unknown as Heard[];
  }

  lastHeard(): number {
    return Number(this.#all("SELECT coalesce(max(seq), 0) AS seq FROM heard")[0]?.["seq"]);
  }

  reset(): void {
    this.#db.exec("DELETE FROM updates; DELETE FROM chats; DELETE FROM heard;");
  }

  close(): void {
    this.#db.close();
  }

  #ends(): { head: number; tail: number } {
    const tail = Number(this.#all("SELECT value FROM next WHERE name = 'update'")[0]?.["value"]);
    return { head: Number(this.#all("SELECT coalesce(min(update_id), ?) AS head FROM updates", tail)[0]?.["head"]), tail };
  }

  #lastStart(count: number, head: number): number {
    const row = this.#all("SELECT update_id FROM updates ORDER BY update_id DESC LIMIT 1 OFFSET ?", count - 1)[0];
    return row === undefined ? head : Number(row["update_id"]);
  }

  #take(name: string): number {
    const row = this.#db.prepare("UPDATE next SET value = value + 1 WHERE name = ? RETURNING value - 1 AS value").get(name);
    return Number(row?.["value"]);
  }

  #run(sql: string, ...values: (number | string)[]): void {
    this.#db.prepare(sql).run(...values);
  }

  #all(sql: string, ...values: (number | string | null)[]): Record<string, unknown>[] {
    return this.#db.prepare(sql).all(...values);
  }
}
