/** What the bot says. Handlers only write down what is owed; sending is `replies.ts`. */
import { Bot } from "grammy/web";
import type { State } from "./state.ts";

/** Telegram's limit for one message, in UTF-16 code units. */
export const MESSAGE_LIMIT = 4096;

const HELP = [
  "/ping answers pong, to see that I am there.",
  "/help shows these lines.",
  "Any other text comes back with a running number for this chat.",
].join("\n");

/** A grammY bot that puts its replies into `state`. It sends nothing by itself. */
export function createBot(token: string, apiRoot: string, state: State): Bot {
  const bot = new Bot(token, { client: { apiRoot } });
  bot.command("start", (ctx) => state.owe(ctx.update.update_id, ctx.chat.id, `Hello! I am a gateway bot.\n${HELP}`));
  bot.command("help", (ctx) => state.owe(ctx.update.update_id, ctx.chat.id, HELP));
  bot.command("ping", (ctx) => state.owe(ctx.update.update_id, ctx.chat.id, "pong"));
  bot.on("message:text", (ctx) => state.owe(ctx.update.update_id, ctx.chat.id, (number) => numbered(number, ctx.message.text)));
  return bot;
}

/** `#7 hello`, cut to Telegram's limit without splitting a character. */
export function numbered(number: number, text: string): string {
  const reply = `#${number} ${text}`;
  if (reply.length <= MESSAGE_LIMIT) return reply;
  return `${reply.slice(0, MESSAGE_LIMIT - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
