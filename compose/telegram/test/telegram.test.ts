import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, test } from "node:test";
import { createTelegram } from "../src/server.ts";
import { Store } from "../src/store.ts";

const TOKEN = `123456789:${"A".repeat(35)}`;
let store: Store;
let server: ReturnType<typeof createTelegram>;
let root = "";

beforeEach(async () => {
  store = new Store(":memory:");
  server = createTelegram(store, TOKEN).listen(0, "127.0.0.1");
  await once(server, "listening");
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
});

interface Reply {
  status: number;
  body: any;
}

async function read(answer: Response): Promise<Reply> {
  return { status: answer.status, body: await answer.json() };
}
const post = async (path: string, body: unknown): Promise<Reply> =>
  read(await fetch(root + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }));
const bot = (method: string, body: unknown = {}, token = TOKEN) => post(`/bot${token}/${method}`, body);
const say = (text: string, more: object = {}) => post("/person/say", { text, ...more });
const texts = (reply: Reply): string[] => reply.body.result.map((each: any) => each.message.text);

test("a waiting poll is answered as soon as the person speaks", async () => {
  const poll = bot("getUpdates", { timeout: 30 });
  await untilPolled();
  const said = await say("/ping");
  const [update] = (await poll).body.result;
  assert.equal(update.update_id, said.body.update_id);
  assert.deepEqual(update.message.entities, [{ type: "bot_command", offset: 0, length: 5 }]);
});

test("an update comes again until a higher offset confirms it", async () => {
  const first = (await say("one")).body.update_id;
  await say("two");
  assert.deepEqual(texts(await bot("getUpdates")), ["one", "two"]);
  assert.deepEqual(texts(await bot("getUpdates", { offset: first })), ["one", "two"]);
  assert.deepEqual(texts(await bot("getUpdates", { offset: first + 1 })), ["two"]);
  assert.deepEqual(texts(await bot("getUpdates", { offset: 0 })), ["two"]);
});

test("an offset far in the future confirms nothing", async () => {
  const { update_id: id } = (await say("kept")).body;
  assert.deepEqual(texts(await bot("getUpdates", { offset: id + 1_000 })), ["kept"]);
  assert.deepEqual(texts(await bot("getUpdates", { offset: id + 1 })), []);
});

test("of two waiting polls the older one is told of the conflict", async () => {
  const older = bot("getUpdates", { timeout: 30 });
  await untilPolled();
  const newer = bot("getUpdates", { timeout: 30, offset: -1 });
  const { status, body } = await older;
  assert.deepEqual([status, body.ok, body.error_code], [409, false, 409]);
  assert.match(body.description, /^Conflict: terminated by other getUpdates request/);
  await say("hello");
  assert.deepEqual(texts(await newer), ["hello"]);
});

test("a poller that went away is no conflict", async () => {
  const gone = new AbortController();
  const older = fetch(`${root}/bot${TOKEN}/getUpdates?timeout=30`, { signal: gone.signal });
  await untilPolled();
  gone.abort();
  await assert.rejects(older);
  await untilPolled(false);
});

test("the bot is heard, in form, in multipart as grammY writes it, and from the query", async () => {
  await say("hello");
  const multipart = '--x\r\ncontent-disposition:form-data;name="chat_id"\r\n\r\n1001\r\n--x\r\ncontent-disposition:form-data;name="text"\r\n\r\nübermorgen\r\n--x--\r\n';
  const url = `${root}/bot${TOKEN}/sendMessage`;
  await fetch(url, { method: "POST", headers: { "content-type": "multipart/form-data; boundary=x" }, body: multipart });
  await fetch(url, { method: "POST", body: new URLSearchParams({ chat_id: "1001", text: "form" }) });
  await fetch(`${url}?chat_id=1001&text=query`);
  const heard = await read(await fetch(`${root}/person/heard?chat_id=1001&at_least=3&wait=5`));
  assert.deepEqual(heard.body.messages.map((each: any) => each.text), ["übermorgen", "form", "query"]);
  const later = await read(await fetch(`${root}/person/heard?after=${heard.body.messages[1].seq}`));
  assert.deepEqual(later.body.messages.map((each: any) => each.text), ["query"]);
});

test("errors have Telegram's form", async () => {
  await say("hello");
  const told = async (...call: Parameters<typeof bot>) => {
    const { status, body } = await bot(...call);
    assert.deepEqual([body.ok, body.error_code], [false, status]);
    return `${status} ${body.description}`;
  };
  assert.equal(await told("getMe", {}, `123456789:${"B".repeat(35)}`), "401 Unauthorized");
  assert.equal(await told("getMe", {}, "nonsense"), "401 Unauthorized: invalid token specified");
  assert.equal(await told("noSuchMethod"), "404 Not Found: method not found");
  assert.equal(await told("sendMessage", { text: "x" }), "400 Bad Request: chat_id is empty");
  assert.equal(await told("sendMessage", { chat_id: 5, text: "x" }), "400 Bad Request: chat not found");
  assert.equal(await told("sendMessage", { chat_id: 1001, text: " " }), "400 Bad Request: message text is empty");
  assert.equal(await told("sendMessage", { chat_id: 1001, text: "x".repeat(4097) }), "400 Bad Request: message is too long");
});

test("faults strike the ordered number of calls and no other method", async () => {
  await say("hello");
  await post("/faults", { method: "sendMessage", status: 429, retry_after: 3, skip: 1, times: 2 });
  assert.equal((await bot("getMe")).status, 200);
  assert.equal((await bot("sendMessage", { chat_id: 1001, text: "x" })).status, 200);
  const struck = await bot("sendMessage", { chat_id: 1001, text: "x" });
  assert.deepEqual(struck.body, { ok: false, error_code: 429, description: "Too Many Requests: retry after 3", parameters: { retry_after: 3 } });
  assert.equal((await bot("sendMessage", { chat_id: 1001, text: "x" })).status, 429);
  assert.equal((await bot("sendMessage", { chat_id: 1001, text: "x" })).status, 200);
});

test("a lost answer is one whose work was done", async () => {
  await say("hello");
  await post("/faults", { method: "sendMessage", mode: "lose" });
  await assert.rejects(bot("sendMessage", { chat_id: 1001, text: "done" }));
  assert.equal(store.heard(0, 1001, 10).length, 1);
});

test("an order that makes no sense is refused", async () => {
  for (const order of [{ mode: "explode" }, { status: 200 }, { times: 0 }, { skip: -1 }, { method: 5 }]) assert.equal((await post("/faults", order)).status, 400);
  assert.equal((await say("")).status, 400);
  assert.equal((await fetch(`${root}/person/say`, { method: "POST", body: '{"text":"from a web page"}' })).status, 415);
});

test("a client that goes away in the middle of a call does no harm", async () => {
  const half = connect((server.address() as AddressInfo).port, "127.0.0.1");
  half.write(`POST /bot${TOKEN}/getMe HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`);
  await once(half, "ready");
  half.destroy();
  assert.equal((await bot("getMe")).status, 200);
});

async function untilPolled(polled = true): Promise<void> {
  while ((await read(await fetch(`${root}/state`))).body.polled !== polled);
}
