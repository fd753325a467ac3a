import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Bot, GrammyError, HttpError } from "grammy/web";

const TOKEN = `123456789:${"A".repeat(35)}`;

async function callAgainst(status: number, headers: Record<string, string>): Promise<GrammyError> {
  const server = createServer((_, response) => response.writeHead(status, { "content-type": "text/html", ...headers }).end("<html>proxy</html>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bot = new Bot(TOKEN, { client: { apiRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } });
  const error = await bot.api.getMe().catch((thrown: unknown) => thrown);
  server.closeAllConnections();
  server.close();
  assert.ok(error instanceof GrammyError);
  return error;
}

test("a page from a proxy before Telegram keeps its status and its waiting time", async () => {
  assert.equal((await callAgainst(503, {})).error_code, 503);
  const limited = await callAgainst(429, { "retry-after": "9" });
  assert.deepEqual([limited.error_code, limited.parameters.retry_after], [429, 9]);
});

test("somebody else's 403 does not pass for a refusal by Telegram", async () => {
  assert.equal((await callAgainst(403, {})).error_code, 502);
  assert.equal((await callAgainst(200, {})).error_code, 502);
});

test("a failed call says why, without the token that its address carries", async () => {
  const refused = await new Bot(TOKEN, { client: { apiRoot: "http://127.0.0.1:1" } }).api.getMe().catch((error: unknown) => error);
  assert.ok(refused instanceof HttpError);
  assert.match(refused.message, /bad port|ECONNREFUSED/);
  const malformed = await new Bot(TOKEN, { client: { apiRoot: "http://[" } }).api.getMe().catch((error: unknown) => error);
  assert.ok(malformed instanceof HttpError);
  assert.match(malformed.message, /bot<token>/);
  assert.ok(!malformed.message.includes(TOKEN));
});

test("a call that is given up says that it took too long", async () => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bot = new Bot(TOKEN, { client: { apiRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } });
  const error = await bot.api.getMe(AbortSignal.timeout(50) as never).catch((thrown: unknown) => thrown);
  server.closeAllConnections();
  server.close();
  assert.match((error as Error).message, /aborted due to timeout/);
});
