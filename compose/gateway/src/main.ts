/** `gateway serve` runs the gateway, `gateway check` only checks the settings. */
import { EXIT } from "./exit.ts";
import { createLog, reason } from "./log.ts";
import { serve } from "./serve.ts";
import { readSettings, SettingsError } from "./settings.ts";

const secrets = [process.env["GATEWAY_TOKEN"], process.env["TELEGRAM_BOT_TOKEN"]];
let log = createLog("info", secrets);

async function run(command: string): Promise<void> {
  if (command !== "serve" && command !== "check") throw new SettingsError([`the command ${command} is not known; fix: serve or check`]);
  const settings = readSettings(process.env);
  if (command === "check") return log.info("the settings are complete");
  log = createLog(settings.logLevel, secrets);
  await serve(settings, log);
}

function fail(error: unknown): never {
  if (error instanceof SettingsError) {
    log.error(error.message, { problems: error.problems });
    process.exit(EXIT.settings);
  }
  log.error(reason(error));
  process.exit(EXIT.crashed);
}

process.on("uncaughtException", fail);
await run(process.argv[2] ?? "serve").catch(fail);
process.exit(EXIT.done);
