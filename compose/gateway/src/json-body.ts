/** Reads a JSON request body of a bounded size. */
import type { IncomingMessage } from "node:http";
import { Refusal } from "./answer.ts";

/** The longest text Telegram takes is 4096 characters, at most 24 KiB in JSON. */
export const BODY_LIMIT = 64 * 1024;

/** @throws Refusal 415 for another type, 413 for too much, 400 for no JSON object. */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (type !== "application/json" || encoding !== "identity") throw new Refusal(415, "send application/json, not compressed");
  return parse(await readAll(request));
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = new Refusal(413, `the body may have at most ${BODY_LIMIT} bytes`, { connection: "close" });
  if (Number(request.headers["content-length"] ?? 0) > BODY_LIMIT) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length;
    if (size > BODY_LIMIT) throw tooLarge;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new Refusal(400, "the body is not valid JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Refusal(400, "the body must be a JSON object");
  return value as Record<string, unknown>;
}
