/** The HTTP side: exact paths, bounded requests, and a stop that idle or stuck connections cannot hold up. */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "./answer.ts";
import type { Answer, Route } from "./answer.ts";
import { InHand } from "./in-hand.ts";
import { reason } from "./log.ts";
import type { Log } from "./log.ts";
import type { Readiness } from "./readiness.ts";

/** Path, then method. */
export type Routes = Readonly<Record<string, Readonly<Record<string, Route>>>>;

const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
};
const MAX_CONNECTIONS = 256;
const LAST_BYTES_MS = 250;
const LAST_LOOK_MS = 50;
/** A request whose head is here is ours: its sender gets this long for the rest of it. */
const HALF_SENT_MS = 2_000;

export interface HttpServer {
  readonly port: number;
  /** Answers every request whose head has come, if its rest comes soon, and ends all other connections. */
  close(): Promise<void>;
}

/** @throws Error that names the address when it cannot be listened on. */
export async function listen(host: string, port: number, routes: Routes, log: Log, readiness: Readiness): Promise<HttpServer> {
  const inHand = new InHand();
  const server = createServer(LIMITS, (request, response) => {
    void inHand.track(`${request.method} ${request.url}`, respond(routes, request, response, log, readiness));
  });
  server.maxConnections = MAX_CONNECTIONS;
  await bound(server, host, port);
  const address = server.address();
  return { port: typeof address === "object" && address !== null ? address.port : port, close: () => close(server, inHand) };
}

/** Health and readiness, which need no token. */
export function healthRoutes(readiness: Readiness, startedAt: number): Routes {
  const health = (): Answer => ({
    status: 200,
    body: { status: "healthy", telegram: readiness.report().body.telegram, uptime_s: Math.round((Date.now() - startedAt) / 1_000) },
  });
  const ready = (): Answer => {
    const report = readiness.report();
    return { status: report.ready ? 200 : 503, body: report.body };
  };
  return { "/health": { GET: health, HEAD: health }, "/ready": { GET: ready, HEAD: ready } };
}

async function respond(routes: Routes, request: IncomingMessage, response: ServerResponse, log: Log, readiness: Readiness): Promise<void> {
  const answer = await answerTo(routes, request, log);
  const body = Buffer.from(`${JSON.stringify(answer.body)}\n`);
  const closing = readiness.stopping ? { connection: "close" } : {};
  response.writeHead(answer.status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...closing,
    ...answer.headers,
  });
  response.end(request.method === "HEAD" ? undefined : body);
  request.resume();
  log.debug(`${request.method} ${request.url} ${answer.status}`);
}

async function answerTo(routes: Routes, request: IncomingMessage, log: Log): Promise<Answer> {
  try {
    return await find(routes, request)(request);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    if (request.destroyed && !request.complete) return { status: 400, body: { error: "the request ended early" } };
    log.error(`a request failed: ${reason(error)}`);
    return { status: 500, body: { error: "internal error" } };
  }
}

function find(routes: Routes, request: IncomingMessage): Route {
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  const methods = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (methods === undefined) throw new Refusal(404, "there is nothing here; try /health, /ready or POST /v1/messages");
  const method = request.method ?? "";
  const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (route !== undefined) return route;
  const allowed = Object.keys(methods).join(", ");
  throw new Refusal(405, `use ${allowed}`, { allow: allowed });
}

async function bound(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new Error(`cannot listen on ${host}:${port}: ${error.message}`)));
    server.listen(port, host, resolve);
  });
}

async function close(server: Server, inHand: InHand): Promise<void> {
  // Connections that the kernel has accepted for us, and requests that wait on kept ones, would be reset: take them first.
  await sleep(LAST_LOOK_MS);
  // Idle connections end here at once and answered ones with their answer.
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await Promise.race([closed, inHand.done(), sleep(HALF_SENT_MS, undefined, { ref: false })]);
  // Who has not taken his answer by then, or has sent half a head, is cut off.
  await Promise.race([closed, sleep(LAST_BYTES_MS, undefined, { ref: false })]);
  server.closeAllConnections();
  await closed;
}
