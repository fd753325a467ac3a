/** The side door: what a person does in a chat, and what a test orders. Described in README.md. */
import type { Answer } from "./answer.ts";
import { TelegramError } from "./answer.ts";
import { seconds } from "./bot-api.ts";
import type { Faults } from "./faults.ts";
import { whole } from "./params.ts";
import type { Params } from "./params.ts";
import type { Polls } from "./polls.ts";
import type { Heard, Store } from "./store.ts";

const DEFAULT_CHAT = 1001;
const LONGEST_WAIT_S = 60;

/** Wakes those who wait for the bot to say something. */
export class Listeners {
  readonly #waiting = new Set<() => void>();

  wake(): void {
    for (const each of [...this.#waiting]) each();
  }

  async next(ms: number, gone: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, ms);
      gone.addEventListener("abort", done, { once: true });
      this.#waiting.add(done);
    });
  }
}

export function say(params: Params, store: Store, polls: Polls): Answer {
  const { text, chat_id: chatId = DEFAULT_CHAT, name = "Person" } = params;
  const id = whole(chatId);
  if (typeof text !== "string" || text === "") throw new TelegramError(400, "Bad Request: text must be a string that is not empty");
  if (id === undefined || id <= 0) throw new TelegramError(400, "Bad Request: chat_id must be a whole number above 0");
  const heard = store.lastHeard();
  const person = { id, is_bot: false, first_name: String(name), language_code: "en" };
  const chat = { id, type: "private", first_name: String(name) };
  const update = store.addUpdate({ from: person, chat, date: seconds(), text, ...commandEntities(text) });
  polls.wake();
  return { status: 201, body: { update_id: update.update_id, message_id: update.message.message_id, chat_id: id, after: heard } };
}

function commandEntities(text: string): { entities?: { type: string; offset: number; length: number }[] } {
  const command = /^\/\w+(@\w+)?/.exec(text)?.[0];
  return command === undefined ? {} : { entities: [{ type: "bot_command", offset: 0, length: command.length }] };
}

export async function heard(params: Params, store: Store, listeners: Listeners, gone: AbortSignal): Promise<Answer> {
  const after = whole(params["after"]) ?? 0;
  const chatId = whole(params["chat_id"]);
  const atLeast = whole(params["at_least"]) ?? 1;
  const until = performance.now() + Math.min(Math.max(Number(params["wait"]) || 0, 0), LONGEST_WAIT_S) * 1_000;
  const read = (): Heard[] => store.heard(after, chatId, 10_000);
  let messages = read();
  while (messages.length < atLeast && performance.now() < until && !gone.aborted) {
    await listeners.next(until - performance.now(), gone);
    messages = read();
  }
  return { status: 200, body: { messages, after: messages.at(-1)?.seq ?? after } };
}

export function state(store: Store, polls: Polls, faults: Faults, calls: ReadonlyMap<string, number>): Answer {
  return {
    status: 200,
    body: { pending: store.pending(), polled: polls.polled, heard: store.lastHeard(), calls: Object.fromEntries(calls), faults: faults.list() },
  };
}
