import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { healthRoutes, listen } from "../src/http.ts";
import type { HttpServer } from "../src/http.ts";
import { InHand } from "../src/in-hand.ts";
import { BODY_LIMIT } from "../src/json-body.ts";
import { createLog } from "../src/log.ts";
import { messagesRoute } from "../src/messages.ts";
import { Readiness } from "../src/readiness.ts";

const TOKEN = "0123456789abcdef";
const JSON_TYPE = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
const readiness = new Readiness();
const log = createLog("error", []);
const watch = { log, readiness, inHand: new InHand(), stop: new AbortController().signal };
const bot = { api: { sendMessage: async (id: number) => ({ message_id: 9, chat: { id } }) } };
let server: HttpServer;

before(async () => {
  const routes = { ...healthRoutes(readiness, Date.now()), "/v1/messages": { POST: messagesRoute(bot as never, TOKEN, watch) } };
  server = await listen("127.0.0.1", 0, routes, log, readiness);
});
after(() => server.close());

const call = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
type Body = NonNullable<RequestInit["body"]>;
const post = (body: Body, headers: Record<string, string> = JSON_TYPE) => call("/v1/messages", { method: "POST", body, headers });

test("only exact paths answer, and a wrong method is told the right one", async () => {
  assert.deepEqual(await Promise.all(["/", "/healthz", "/health/", "/constructor"].map(async (each) => (await call(each)).status)), [404, 404, 404, 404]);
  const wrong = await call("/v1/messages");
  assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "POST"]);
  assert.equal((await call("/health", { method: "HEAD" })).status, 200);
});

test("health is not readiness: before the first poll one says yes and the other no", async () => {
  assert.equal(((await (await call("/health?from=probe")).json()) as { status: string }).status, "healthy");
  const ready = await call("/ready");
  assert.deepEqual([ready.status, await ready.json()], [503, { status: "not ready", telegram: "not polled yet", state: "open" }]);
});

test("nobody writes to a chat without the token", async () => {
  const message = JSON.stringify({ chat_id: 5, text: "hello" });
  for (const authorization of ["", "Bearer", "Bearer wrong", `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
    const answer = await post(message, { ...JSON_TYPE, authorization });
    assert.deepEqual([answer.status, answer.headers.get("www-authenticate")], [401, "Bearer"]);
  }
  assert.deepEqual(await (await post(message)).json(), { chat_id: 5, message_id: 9 });
});

test("what is not a small JSON message is refused with the fitting status", async () => {
  const status = async (body: Body, headers?: Record<string, string>) => (await post(body, headers)).status;
  assert.equal(await status("chat_id=5", { ...JSON_TYPE, "content-type": "application/x-www-form-urlencoded" }), 415);
  assert.equal(await status("{}", { ...JSON_TYPE, "content-encoding": "gzip" }), 415);
  assert.equal(await status(" ".repeat(BODY_LIMIT + 1)), 413);
  const stream = new ReadableStream({ start: (to) => { to.enqueue(Buffer.alloc(BODY_LIMIT + 1, " ")); to.close(); } });
  assert.equal((await call("/v1/messages", { method: "POST", body: stream, headers: JSON_TYPE, duplex: "half" } as RequestInit)).status, 413);
  for (const body of ["", "{", "[]", "null", Buffer.from([0x22, 0xff, 0x22])]) assert.equal(await status(body), 400);
  for (const each of [{}, { chat_id: 5 }, { chat_id: 0, text: "x" }, { chat_id: 1.5, text: "x" }, { chat_id: "nobody", text: "x" },
    { chat_id: 5, text: " " }, { chat_id: 5, text: "x".repeat(4097) }, { chat_id: 5, text: "x", parse_mode: "HTML" }]) {
    assert.equal(await status(JSON.stringify(each)), 400);
  }
});

test("a close ends idle connections and half-sent requests", async () => {
  const other = await listen("127.0.0.1", 0, healthRoutes(readiness, Date.now()), log, readiness);
  const [idle, half] = [connect(other.port, "127.0.0.1"), connect(other.port, "127.0.0.1")];
  idle.write("GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
  half.write("POST /v1/messages HTTP/1.1\r\nhost: x\r\n");
  await once(idle, "data");
  half.on("error", () => undefined);
  const ended = Promise.all([once(idle, "close"), once(half, "close")]);
  await other.close();
  await ended;
});

test("a request whose body is still on its way when the server closes is answered", async () => {
  const other = await listen("127.0.0.1", 0, { "/length": { POST: async (request) => ({ status: 200, body: { length: (await request.toArray()).length } }) } }, log, readiness);
  const half = connect(other.port, "127.0.0.1");
  half.write("POST /length HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhello");
  await once(half, "ready");
  await new Promise(setImmediate);
  const closed = other.close();
  setTimeout(() => half.write("world"), 400);
  const [answer] = await once(half, "data");
  assert.match(String(answer), /^HTTP\/1.1 200 /);
  await closed;
});

test("a port that is taken is named", async () => {
  await assert.rejects(listen("127.0.0.1", server.port, {}, log, readiness), new RegExp(`cannot listen on 127.0.0.1:${server.port}: .*EADDRINUSE`));
});

test("a log line is one line of JSON without the secrets", () => {
  const lines: string[] = [];
  createLog("info", [TOKEN, 'with"quote'], (line) => lines.push(line)).warn(`a\nb ${TOKEN}`, { url: `http://x/bot${TOKEN}/getMe`, other: 'with"quote' });
  const { msg, url, other } = JSON.parse(lines[0] ?? "");
  assert.deepEqual([msg, url, other], ["a\nb <secret>", "http://x/bot<secret>/getMe", "<secret>"]);
  assert.ok(!lines[0]?.includes("\n"));
});
