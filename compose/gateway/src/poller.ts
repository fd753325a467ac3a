/**
 * Long polling. grammY's own `bot.start()` confirms an update before its reply is surely out, ends on a 409 and hides its
 * retries at the start; so the loop is ours, and grammY makes the calls and runs the handlers.
 */
import type { Bot } from "grammy/web";
import { BotError } from "grammy/web";
import type { Update } from "grammy/types";
import { reason } from "./log.ts";
import { sendOwed } from "./replies.ts";
import { isConflict } from "./retry.ts";
import { StateError } from "./state.ts";
import type { State } from "./state.ts";
import type { Watch } from "./telegram.ts";
import { CALL_TIMEOUT_MS, limit, standBack, untilDone } from "./telegram.ts";

/** Answered at once: shows that Telegram is there. */
const AT_ONCE_S = 0;
/** After a conflict an immediate answer proves nothing, as only a waiting poll is taken away. */
const AFTER_CONFLICT_S = 5;
const LONG_POLL_S = 30;
const GRACE_MS = 10_000;
/** Telegram makes a question wait that was asked less than 3 s ago, as at a restart: to be held is an answer too. */
const HELD_MS = 250;
const CONFIRM_TIMEOUT_MS = 2_000;

/** Answers messages until a stop. @throws StateError when the state fails: going on would answer twice. */
export async function poll(bot: Bot, state: State, watch: Watch): Promise<void> {
  if (!(await connect(bot, watch)) || !(await sendOwed(bot, state, watch))) return;
  const poller = new Poller(bot, state, watch);
  while (!watch.stop.aborted) await poller.round();
  await poller.confirm();
}

async function connect(bot: Bot, watch: Watch): Promise<boolean> {
  const signal = () => limit(CALL_TIMEOUT_MS, watch.stop);
  const me = await untilDone("getMe", () => bot.api.getMe(signal()), watch);
  if (me === undefined) return false;
  bot.botInfo = me;
  watch.log.info(`connected to Telegram as @${me.username}`);
  return (await untilDone("deleteWebhook", () => bot.api.deleteWebhook({}, signal()), watch)) !== undefined;
}

class Poller {
  readonly #bot: Bot;
  readonly #state: State;
  readonly #watch: Watch;
  #offset = 0;
  #askedOffset = 0;
  #failures = 0;
  #waitS = AT_ONCE_S;
  /** Other calls have just been answered, so a poll that is held is held by Telegram. */
  #freshlyConnected = true;

  constructor(bot: Bot, state: State, watch: Watch) {
    this.#bot = bot;
    this.#state = state;
    this.#watch = watch;
  }

  /** One poll, and everything that came with it. */
  async round(): Promise<void> {
    const updates = await this.#fetch();
    for (const update of updates ?? []) {
      if (this.#watch.stop.aborted || !(await this.#answer(update))) return;
      // Not "the highest so far": after a quiet week Telegram starts again at a random, possibly lower number.
      this.#offset = update.update_id + 1;
    }
  }

  /** Tells Telegram what is done, for whoever polls next. What it would answer stays unconfirmed and comes again. */
  async confirm(): Promise<void> {
    if (this.#offset === this.#askedOffset) return;
    const question = { offset: this.#offset, limit: 1, timeout: AT_ONCE_S };
    const confirming = this.#bot.api.getUpdates(question, limit(CONFIRM_TIMEOUT_MS));
    try {
      await this.#watch.inHand.track("confirming the offset to Telegram", confirming);
      this.#state.forget(this.#offset);
    } catch (error) {
      this.#watch.log.warn(`the offset is not confirmed to Telegram, the state remembers it: ${reason(error)}`);
    }
  }

  async #fetch(): Promise<Update[] | undefined> {
    try {
      const updates = await this.#ask();
      this.#state.forget(this.#askedOffset);
      this.#failures = 0;
      this.#waitS = LONG_POLL_S;
      this.#watch.readiness.polled();
      return updates;
    } catch (error) {
      if (error instanceof StateError) throw error;
      if (!this.#watch.stop.aborted) await this.#failed(error);
      return undefined;
    }
  }

  async #ask(): Promise<Update[]> {
    const { stop, readiness } = this.#watch;
    const held = this.#freshlyConnected ? setTimeout(() => readiness.polled(), HELD_MS) : undefined;
    this.#freshlyConnected = false;
    this.#askedOffset = this.#offset;
    const question = { offset: this.#offset, timeout: this.#waitS, allowed_updates: ["message"] as const };
    try {
      return await this.#bot.api.getUpdates(question, limit(this.#waitS * 1_000 + GRACE_MS, stop));
    } finally {
      clearTimeout(held);
    }
  }

  async #failed(error: unknown): Promise<void> {
    this.#failures += 1;
    this.#waitS = isConflict(error) ? AFTER_CONFLICT_S : AT_ONCE_S;
    this.#watch.readiness.failed(reason(error));
    await standBack("getUpdates", error, this.#failures, this.#watch);
  }

  async #answer(update: Update): Promise<boolean> {
    try {
      await this.#bot.handleUpdate(update);
    } catch (error) {
      const cause = error instanceof BotError ? error.error : error;
      if (cause instanceof StateError) throw cause;
      // Passed over, because a message that breaks its handler would come again for ever.
      this.#watch.log.error(`a message could not be handled and is passed over: ${reason(cause)}`, { update: update.update_id });
    }
    return sendOwed(this.#bot, this.#state, this.#watch);
  }
}
