/** The bot's side: `/bot<token>/<method>`. */
import { ok, TelegramError } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { whole } from "./params.ts";
import type { Params } from "./params.ts";
import type { Polls } from "./polls.ts";
import type { Store } from "./store.ts";

const TEXT_LIMIT = 4096;

type Method = (params: Params, gone: AbortSignal) => Answer | Promise<Answer>;

/** Method names in lower case: Telegram does not mind the case. */
export function botMethods(store: Store, polls: Polls, heard: () => void, me: Readonly<Record<string, unknown>>): Readonly<Record<string, Method>> {
  return {
    getme: () => ok(me),
    getupdates: async (params, gone) => ok(await polls.ask(question(params), gone)),
    sendmessage: (params) => {
      const { chat, text } = message(params, store);
      const sent = { message_id: store.addHeard(Number(chat["id"]), text), from: me, chat, date: seconds(), text };
      heard();
      return ok(sent);
    },
    sendchataction: (params) => {
      knownChat(params, store);
      return ok(true);
    },
    setmycommands: () => ok(true),
    deletewebhook: () => ok(true),
    getwebhookinfo: () => ok({ url: "", has_custom_certificate: false, pending_update_count: store.pending() }),
  };
}

function question(params: Params): { offset: number; limit: number; timeout: number } {
  return { offset: whole(params["offset"]) ?? 0, limit: whole(params["limit"]) ?? 100, timeout: whole(params["timeout"]) ?? 0 };
}

function message(params: Params, store: Store): { chat: Readonly<Record<string, unknown>>; text: string } {
  const chat = knownChat(params, store);
  const text = typeof params["text"] === "string" ? params["text"].trim() : "";
  if (text === "") throw new TelegramError(400, "Bad Request: message text is empty");
  if (text.length > TEXT_LIMIT) throw new TelegramError(400, "Bad Request: message is too long");
  return { chat, text };
}

/** A bot can write only to a chat where a person has spoken to it. */
function knownChat(params: Params, store: Store): Readonly<Record<string, unknown>> {
  if (params["chat_id"] === undefined || params["chat_id"] === "") throw new TelegramError(400, "Bad Request: chat_id is empty");
  const chat = store.chat(whole(params["chat_id"]) ?? 0);
  if (chat === undefined) throw new TelegramError(400, "Bad Request: chat not found");
  return chat;
}

export function seconds(): number {
  return Math.floor(Date.now() / 1_000);
}
