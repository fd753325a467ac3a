/** The life of the process: open, listen, poll, and on a signal the way back. */
import { constants } from "node:os";
import { createBot } from "./bot.ts";
import { EXIT } from "./exit.ts";
import { healthRoutes, listen } from "./http.ts";
import { InHand } from "./in-hand.ts";
import type { Log } from "./log.ts";
import { messagesRoute } from "./messages.ts";
import { poll } from "./poller.ts";
import { Readiness } from "./readiness.ts";
import type { Settings } from "./settings.ts";
import { State } from "./state.ts";
import type { Watch } from "./telegram.ts";

/** Runs until a signal. Resolves when everything is closed; rejects when it cannot go on. */
export async function serve(settings: Settings, log: Log): Promise<void> {
  const startedAt = Date.now();
  const stopping = new AbortController();
  const watch: Watch = { log, readiness: new Readiness(), inHand: new InHand(), stop: stopping.signal };
  const shutdown = onSignals(stopping, watch, settings.shutdownTimeoutMs);

  const state = State.open(settings.stateDir);
  const bot = createBot(settings.botToken, settings.apiRoot, state);
  const routes = {
    ...healthRoutes(watch.readiness, startedAt),
    "/v1/messages": { POST: messagesRoute(bot, settings.gatewayToken, watch) },
  };
  const host = settings.bind === "lan" ? "0.0.0.0" : "127.0.0.1";
  const http = await listen(host, settings.port, routes, log, watch.readiness);
  log.info(`listening on ${host}:${http.port}`, { node: process.version, pid: process.pid });

  await poll(bot, state, watch);
  await watch.inHand.done();
  await watch.inHand.track("closing HTTP", http.close());
  state.close();
  shutdown.completed();
}

/** The first signal begins the stop and its time limit; the second ends the process. */
function onSignals(stopping: AbortController, watch: Watch, timeoutMs: number): { completed(): void } {
  let startedAt = 0;
  let limit: NodeJS.Timeout | undefined;
  const took = () => Math.round(performance.now() - startedAt);
  const force = (why: string, code: number): never => {
    watch.log.error(`shutdown forced after ${took()} ms: ${why}`, { in_hand: watch.inHand.names() });
    process.exit(code);
  };
  const onSignal = (signal: "SIGTERM" | "SIGINT") => {
    if (stopping.signal.aborted) force(`a second signal, ${signal}`, EXIT.signalled + constants.signals[signal]);
    startedAt = performance.now();
    limit = setTimeout(() => force(`SHUTDOWN_TIMEOUT of ${timeoutMs} ms is over`, EXIT.forced), timeoutMs);
    watch.readiness.stop();
    watch.log.info(`${signal}: not ready any more, finishing what is in hand`, { in_hand: watch.inHand.names() });
    stopping.abort();
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  return {
    completed: () => {
      clearTimeout(limit);
      watch.log.info(`shutdown completed in ${took()} ms`);
    },
  };
}
