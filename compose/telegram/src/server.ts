/** HTTP: one server for the bot's side and the person's side. */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { TelegramError } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { botMethods } from "./bot-api.ts";
import { Faults } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { readParams } from "./params.ts";
import type { Params } from "./params.ts";
import { heard, Listeners, say, state } from "./person.ts";
import { Polls } from "./polls.ts";
import type { Store } from "./store.ts";

type Handler = (params: Params, gone: AbortSignal) => Answer | Promise<Answer>;
type Router = (request: IncomingMessage, url: URL) => { handler: Handler; fault?: Fault | undefined };

interface Parts {
  readonly store: Store;
  readonly polls: Polls;
  readonly faults: Faults;
  readonly listeners: Listeners;
  /** How often each method was called, by its name in lower case. */
  readonly calls: Map<string, number>;
}

/**
 * @param token the one bot's token; undefined takes any token of the right form.
 * @param end aborted when the server is to stop: who waits for news is answered that there are none.
 */
export function createTelegram(store: Store, token: string | undefined, end: AbortSignal = new AbortController().signal): Server {
  const parts: Parts = { store, polls: new Polls(store), faults: new Faults(), listeners: new Listeners(), calls: new Map() };
  const me = { id: Number(token?.split(":")[0] ?? 1), is_bot: true, first_name: "Stand-in", username: "stand_in_bot", can_join_groups: true };
  const methods = botMethods(store, parts.polls, () => parts.listeners.wake(), me);
  const door = sideDoor(parts);

  const route: Router = (request, url) => {
    const call = /^\/bot([^/]*)\/(\w+)$/.exec(url.pathname);
    if (call === null) return { handler: fromSideDoor(door, request, url) };
    const method = (call[2] ?? "").toLowerCase();
    requireToken(call[1] ?? "", token);
    const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (handler === undefined) throw new TelegramError(404, "Not Found: method not found");
    parts.calls.set(method, (parts.calls.get(method) ?? 0) + 1);
    return { handler, fault: parts.faults.take(method) };
  };
  return createServer({ keepAliveTimeout: 60_000 }, (request, response) => void respond(request, response, route, end));
}

function sideDoor({ store, polls, faults, listeners, calls }: Parts): Readonly<Record<string, Handler>> {
  return {
    "GET /health": () => ({ status: 200, body: { status: "healthy", polled: polls.polled } }),
    "POST /person/say": (params) => say(params, store, polls),
    "GET /person/heard": (params, gone) => heard(params, store, listeners, gone),
    "POST /faults": (params) => ({ status: 201, body: faults.order(params) }),
    "GET /state": () => state(store, polls, faults, calls),
    "POST /reset": () => {
      faults.clear();
      calls.clear();
      store.reset();
      return { status: 200, body: {} };
    },
  };
}

async function respond(request: IncomingMessage, response: ServerResponse, route: Router, end: AbortSignal): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const url = new URL(request.url ?? "/", "http://telegram");
    const { handler, fault } = route(request, url);
    const params = await readParams(request, url);
    if (fault?.mode === "hang") return;
    if (fault?.mode === "drop") return void request.socket.destroy();
    if (fault?.mode === "html") return page(response, fault);
    if (fault?.mode === "answer") throw new TelegramError(fault.status, fault.description, fault.retryAfter);
    const answer = await handler(params, AbortSignal.any([gone.signal, end]));
    if (fault?.mode === "lose") return void request.socket.destroy();
    if (end.aborted) response.setHeader("connection", "close");
    write(response, answer);
  } catch (error) {
    if (response.destroyed) return;
    if (!(error instanceof TelegramError)) console.error(error);
    write(response, error instanceof TelegramError ? error.answer : new TelegramError(500, "Internal Server Error").answer);
  }
}

function fromSideDoor(sideDoor: Readonly<Record<string, Handler>>, request: IncomingMessage, url: URL): Handler {
  const name = `${request.method} ${url.pathname}`;
  const handler = Object.hasOwn(sideDoor, name) ? sideDoor[name] : undefined;
  if (handler === undefined) throw new TelegramError(404, `Not Found: there is ${Object.keys(sideDoor).join(", ")} and /bot<token>/<method>`);
  // A page in a browser can send anything but this type to 127.0.0.1 without being asked.
  if (request.method === "POST" && !/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    throw new TelegramError(415, "Unsupported Media Type: send application/json");
  }
  return handler;
}

function requireToken(given: string, expected: string | undefined): void {
  if (!/^[1-9]\d*:[\w-]+$/.test(given) || given.length > 80) throw new TelegramError(401, "Unauthorized: invalid token specified");
  if (expected !== undefined && given !== expected) throw new TelegramError(401, "Unauthorized");
}

function page(response: ServerResponse, { status, description }: Fault): void {
  response.writeHead(status, { "content-type": "text/html" });
  response.end(`<html><head><title>${status} ${description}</title></head><body><h1>${status} ${description}</h1></body></html>\n`);
}

function write(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": text.length, ...headers });
  response.end(text);
}
