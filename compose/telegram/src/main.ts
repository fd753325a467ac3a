/** Settings, start and stop of the stand-in. */
import { join } from "node:path";
import { createTelegram } from "./server.ts";
import { Store } from "./store.ts";

const PORT = Number(process.env["PORT"] ?? 8081);
const dir = process.env["STATE_DIR"];
const token = process.env["TELEGRAM_BOT_TOKEN"];
/** Connections that the kernel has accepted for us would be reset: they are taken first. */
const LAST_LOOK_MS = 50;
/** A request whose rest is still on its way gets this long. */
const LAST_BYTES_MS = 1_000;
const end = new AbortController();
const store = new Store(dir ? join(dir, "telegram.db") : ":memory:");
const server = createTelegram(store, token || undefined, end.signal);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    end.abort();
    setTimeout(close, LAST_LOOK_MS);
  });
}

function close(): void {
  server.close(() =>
    // After the waiting calls have seen that their clients are gone.
    setImmediate(() => {
      store.close();
      console.log("stopped");
      process.exit(0);
    }),
  );
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), LAST_BYTES_MS).unref();
}

server.listen(PORT, "0.0.0.0", () => console.log(`the stand-in for Telegram listens on ${PORT}`));
