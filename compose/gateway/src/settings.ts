/** The one reader of the environment: every variable is checked before anything starts, and all problems are told at once. */
import { milliseconds } from "./duration.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export const BINDS = ["lan", "loopback"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
type Bind = (typeof BINDS)[number];

export interface Settings {
  readonly gatewayToken: string;
  readonly botToken: string;
  /** Without a trailing slash. */
  readonly apiRoot: string;
  readonly port: number;
  readonly bind: Bind;
  readonly stateDir: string;
  readonly logLevel: LogLevel;
  readonly shutdownTimeoutMs: number;
}

/** Each problem names the variable and says what to do. No problem holds the value of a secret. */
export class SettingsError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`cannot start, ${problems.length} ${problems.length === 1 ? "setting is" : "settings are"} wrong: ${problems.join(" | ")}`);
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws SettingsError with every problem found, never only the first. */
export function readSettings(env: Environment): Settings {
  const problems: string[] = [];
  const check = <T>(name: string, fallback: string | undefined, read: (text: string) => T): T => {
    const text = env[name]?.trim() || fallback;
    try {
      if (text === undefined) throw new Error("is not set; fix: scripts/inv env.init writes it into env/.env");
      return read(text);
    } catch (error) {
      problems.push(`${name} ${(error as Error).message}`);
      return undefined as T;
    }
  };
  const settings: Settings = {
    gatewayToken: check("GATEWAY_TOKEN", undefined, gatewayToken),
    botToken: check("TELEGRAM_BOT_TOKEN", undefined, botToken),
    apiRoot: check("TELEGRAM_API_ROOT", "https://api.telegram.org", apiRoot),
    port: check("GATEWAY_PORT", "18789", port),
    bind: check("GATEWAY_BIND", "lan", (text) => reachable(oneOf(BINDS)(text), env["GATEWAY_PUBLISHED_PORT"])),
    stateDir: check("STATE_DIR", "/data", absolutePath),
    logLevel: check("LOG_LEVEL", "info", oneOf(LOG_LEVELS)),
    shutdownTimeoutMs: check("SHUTDOWN_TIMEOUT", "8s", (text) => shorter(milliseconds(text), env["STOP_GRACE_PERIOD"])),
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

function gatewayToken(text: string): string {
  if (!/^[\x21-\x7e]{16,}$/.test(text)) {
    throw new Error("must be at least 16 printable ASCII characters without spaces; fix: openssl rand -hex 16");
  }
  return text;
}

function botToken(text: string): string {
  if (!/^[1-9]\d*:[\w-]{30,}$/.test(text)) {
    throw new Error("does not have the form 123456789:AA…; fix: copy it again from @BotFather");
  }
  return text;
}

function apiRoot(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search + url.hash + url.username + url.password !== "") {
    throw new Error("must be an http or https address without user, query or fragment; fix: https://api.telegram.org");
  }
  if (url.protocol === "http:" && url.hostname.endsWith("telegram.org")) {
    throw new Error("would send the bot token unencrypted; fix: https://api.telegram.org");
  }
  return text.replace(/\/+$/, "");
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 65535) throw new Error("must be a port from 1 to 65535; fix: 18789");
  return value;
}

function oneOf<T extends string>(allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((each) => each === text);
    if (found === undefined) throw new Error(`must be one of ${allowed.join(", ")}; fix: ${allowed[0]}`);
    return found;
  };
}

function reachable(bind: Bind, publishedPort: string | undefined): Bind {
  if (bind === "loopback" && publishedPort) {
    throw new Error(
      "is loopback, but a container that listens on its own 127.0.0.1 cannot be reached through its published port; " +
        "fix: lan (compose.yaml already publishes on the host's 127.0.0.1 only)",
    );
  }
  return bind;
}

function absolutePath(text: string): string {
  if (!text.startsWith("/")) throw new Error("must be an absolute path; fix: /data");
  return text;
}

function shorter(timeoutMs: number, gracePeriod: string | undefined): number {
  if (gracePeriod && timeoutMs >= milliseconds(gracePeriod)) {
    throw new Error(`must be shorter than stop_grace_period (${gracePeriod}), or the engine kills the process first; fix: 8s`);
  }
  return timeoutMs;
}
