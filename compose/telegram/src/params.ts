/** The parameters of a call, from all the places where Telegram reads them: query, JSON, form and multipart. */
import type { IncomingMessage } from "node:http";
import { TelegramError } from "./answer.ts";

export type Params = Readonly<Record<string, unknown>>;

const BODY_LIMIT = 10 * 1024 * 1024;

export async function readParams(request: IncomingMessage, url: URL): Promise<Params> {
  const query = Object.fromEntries(url.searchParams);
  const body = await readAll(request);
  return body.length === 0 ? query : { ...query, ...parseBody(body, request.headers["content-type"] ?? "") };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length;
    if (size > BODY_LIMIT) throw new TelegramError(413, "Request Entity Too Large");
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** @throws TelegramError 400 as Telegram answers for a body it cannot read. */
export function parseBody(body: Buffer, contentType: string): Params {
  const type = contentType.split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return parseJson(body);
  if (type === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(body.toString()));
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (type === "multipart/form-data" && boundary !== undefined) return parseMultipart(body, boundary);
  throw new TelegramError(400, "Bad Request: unsupported content type");
}

function parseJson(body: Buffer): Params {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Params;
  } catch {
    // Told below, with what is no object.
  }
  throw new TelegramError(400, "Bad Request: can't parse JSON object");
}

/** Own parser: `Response.formData()` refuses clients that write `form-data;name=` without a space. Files are kept by name only. */
function parseMultipart(body: Buffer, boundary: string): Params {
  const fields: Record<string, unknown> = {};
  for (const part of body.toString("latin1").split(`--${boundary}`).slice(1, -1)) {
    const split = part.indexOf("\r\n\r\n");
    const name = /;\s*name="?([^";\r\n]+)"?/i.exec(part.slice(0, split))?.[1];
    if (split < 0 || name === undefined) throw new TelegramError(400, "Bad Request: can't parse multipart/form-data");
    fields[name] = Buffer.from(part.slice(split + 4, -2), "latin1").toString();
  }
  return fields;
}

/** A whole number, or undefined when it is missing or none: Telegram takes numbers and digits alike. */
export function whole(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}
