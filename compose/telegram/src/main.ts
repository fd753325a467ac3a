/** Settings, start and stop of the stand-in. */
import { join } from "node:path";
import { createTelegram } from "./server.ts";
import { Store } from "./store.ts";

const PORT = Number(process.env["PORT"] ?? 8081);
const dir = process.env["STATE_DIR"];
const token = process.env["TELEGRAM_BOT_TOKEN"];
const store = new Store(dir ? join(dir, "telegram.db") : ":memory:");
const server = createTelegram(store, token || undefined);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    server.close(() =>
      // After the waiting calls have seen that their clients are gone.
      setImmediate(() => {
        store.close();
        console.log("stopped");
        process.exit(0);
      }),
    );
    server.closeAllConnections();
  });
}
server.listen(PORT, "0.0.0.0", () => console.log(`the stand-in for Telegram listens on ${PORT}`));
