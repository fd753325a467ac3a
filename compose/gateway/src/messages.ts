/** `POST /v1/messages`: sends a message to a chat, for whoever knows the gateway token. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Bot } from "grammy/web";
import { GrammyError } from "grammy/web";
import { Refusal } from "./answer.ts";
import type { Answer, Route } from "./answer.ts";
import { MESSAGE_LIMIT } from "./bot.ts";
import { readJson } from "./json-body.ts";
import { reason } from "./log.ts";
import { isRefusal } from "./retry.ts";
import { limit } from "./telegram.ts";
import type { Watch } from "./telegram.ts";

const SEND_TIMEOUT_MS = 10_000;

interface Message {
  readonly chatId: number | string;
  readonly text: string;
}

/** Sends once: the caller learns of a failure and decides about another attempt. */
export function messagesRoute(bot: Bot, gatewayToken: string, watch: Watch): Route {
  return async (request) => {
    requireToken(request, gatewayToken);
    const message = readMessage(await readJson(request));
    if (watch.readiness.stopping) throw new Refusal(503, "the gateway is stopping", { "retry-after": "5" });
    return watch.inHand.track("a message by POST /v1/messages", send(bot, message, watch));
  };
}

function requireToken(request: IncomingMessage, expected: string): void {
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const digest = (text: string) => createHash("sha256").update(text).digest();
  if (!timingSafeEqual(digest(given), digest(expected))) {
    throw new Refusal(401, "send Authorization: Bearer GATEWAY_TOKEN", { "www-authenticate": "Bearer" });
  }
}

function readMessage(body: Readonly<Record<string, unknown>>): Message {
  const { chat_id: chatId, text, ...rest } = body;
  const unknown = Object.keys(rest);
  if (unknown.length > 0) throw new Refusal(400, `unknown field ${JSON.stringify(unknown[0])}; there are chat_id and text`);
  const isNumber = Number.isSafeInteger(chatId) && chatId !== 0;
  const isName = typeof chatId === "string" && /^@\w{4,32}$/.test(chatId);
  if (!isNumber && !isName) throw new Refusal(400, "chat_id must be a whole number other than 0, or a name such as @channel");
  if (typeof text !== "string" || text.trim() === "" || text.length > MESSAGE_LIMIT) {
    throw new Refusal(400, `text must be a string of 1 to ${MESSAGE_LIMIT} characters`);
  }
  return { chatId: chatId as number | string, text };
}

async function send(bot: Bot, { chatId, text }: Message, watch: Watch): Promise<Answer> {
  try {
    const sent = await bot.api.sendMessage(chatId, text, {}, limit(SEND_TIMEOUT_MS));
    return { status: 200, body: { chat_id: sent.chat.id, message_id: sent.message_id } };
  } catch (error) {
    watch.log.warn(`a message by POST /v1/messages was not sent: ${reason(error)}`);
    if (isRefusal(error)) throw new Refusal(422, `Telegram refuses the message: ${error.description}`);
    const retryAfter = error instanceof GrammyError ? error.parameters.retry_after : undefined;
    if (retryAfter !== undefined) throw new Refusal(429, "Telegram asks to wait", { "retry-after": String(retryAfter) });
    throw new Refusal(502, "Telegram does not answer as it should, the message may or may not have been sent");
  }
}
