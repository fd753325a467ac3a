/** Sends what is owed, oldest first, one at a time: so at most one reply is ever in doubt. */
import type { Bot } from "grammy/web";
import { isRefusal } from "./retry.ts";
import type { OwedReply, State } from "./state.ts";
import type { Watch } from "./telegram.ts";
import { CALL_TIMEOUT_MS, limit, untilDone } from "./telegram.ts";

/**
 * True when nothing is owed any more, false when a stop came first. A call that is under way is finished even then;
 * one that has to wait for its next attempt is left for the next start.
 */
export async function sendOwed(bot: Bot, state: State, watch: Watch): Promise<boolean> {
  for (let reply = state.nextOwed(); reply !== undefined; reply = state.nextOwed()) {
    const owed = reply;
    const sending = untilDone("sendMessage", () => send(bot, owed, watch), watch);
    const settled = await watch.inHand.track(`the reply to update ${owed.updateId}`, sending);
    if (settled === undefined) return false;
    state.settle(owed.updateId);
  }
  return true;
}

async function send(bot: Bot, { chatId, text, updateId }: OwedReply, watch: Watch): Promise<true> {
  try {
    await bot.api.sendMessage(chatId, text, {}, limit(CALL_TIMEOUT_MS));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    watch.log.warn(`Telegram refuses a reply for good, it is dropped: ${error.description}`, { update: updateId, chat: chatId });
  }
  return true;
}
