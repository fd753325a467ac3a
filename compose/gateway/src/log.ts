/** One JSON object a line on standard output. Whatever is logged, the secrets are not in it. */
import type { LogLevel } from "./settings.ts";
import { LOG_LEVELS } from "./settings.ts";

/** Shorter texts are refused as secrets anyway, and would blot out ordinary words. */
const SHORTEST_SECRET = 8;

export type Fields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface Log {
  debug(msg: string, fields?: Fields): void;
  info(msg: string, fields?: Fields): void;
  warn(msg: string, fields?: Fields): void;
  error(msg: string, fields?: Fields): void;
}

/** A `Log` at a level, with every secret replaced wherever it turns up: Telegram's addresses carry the bot token. */
export function createLog(level: LogLevel, secrets: readonly (string | undefined)[], write: (line: string) => void = writeLine): Log {
  const hidden = secrets.map((each) => JSON.stringify(each?.trim() ?? "").slice(1, -1)).filter((each) => each.length >= SHORTEST_SECRET);
  const at = (each: LogLevel) => (msg: string, fields: Fields = {}) => {
    if (LOG_LEVELS.indexOf(each) < LOG_LEVELS.indexOf(level)) return;
    const line = JSON.stringify({ time: new Date().toISOString(), level: each, msg, ...fields });
    write(hidden.reduce((text, secret) => text.replaceAll(secret, "<secret>"), line));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** What an unknown thrown value says, in one line. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
