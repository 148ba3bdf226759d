import { HealthCheck } from "../values/health-check.ts";
import { durationSeconds } from "./duration.ts";
import type { ReadService } from "./read-service.ts";
import type { HealthSource } from "./translated-service.ts";
import { plainText, type Text } from "./variable-text.ts";
import { isMap, listOf } from "./yaml-document.ts";

type Times = HealthSource["times"];

const TIMES = { interval: "interval", timeout: "timeout", start_period: "startPeriod" } as const;
const TRANSLATED = new Set(["test", "disable", "retries", ...Object.keys(TIMES)]);
/** How long a service without a port and a check has to run until it counts as healthy. */
const RUNNING_SECONDS = 10;

/** How a service is found healthy; nothing where its port alone is asked. */
export function serviceHealth(service: ReadService, port: number | undefined): HealthSource | undefined {
  const { raw, notes } = service;
  const otherwise = port === undefined ? { runningSeconds: RUNNING_SECONDS, times: {} } : undefined;
  const check = isMap(raw.healthcheck) ? raw.healthcheck : {};
  for (const key of Object.keys(check))
    if (!TRANSLATED.has(key) && !key.startsWith("x-"))
      notes.add(`healthcheck.${key}`, "a health check has no such time here");
  const words = commandOf(service, check.test);
  if (check.disable === true || words === undefined) return otherwise;
  const times = timesOf(service, check);
  if (words.length === 0) {
    if (otherwise === undefined && Object.keys(times).length > 0) return { times };
    return otherwise;
  }
  const kept = notes.accept("healthcheck", () => HealthCheck.command(words.map(plainText), times));
  return kept === undefined ? otherwise : { command: words, times };
}

/** Undefined where the file switches it off, no words where it leaves the test to the image. */
function commandOf(service: ReadService, test: unknown): Text[] | undefined {
  if (test === undefined || test === null) return [];
  const [first, ...words] = listOf(test).map(service.text);
  if (!Array.isArray(test) || plainText(first ?? []) === "CMD-SHELL")
    return [["sh"], ["-c"], trimmed(Array.isArray(test) ? (words[0] ?? []) : service.text(test))];
  if (plainText(first ?? []) === "NONE") return undefined;
  return plainText(first ?? []) === "CMD" ? words : [first ?? [], ...words];
}

/** Without the line feed that YAML leaves behind a text of several lines. */
function trimmed(text: Text): Text {
  return text.map((part, index) => (typeof part === "string" && index === text.length - 1 ? part.trimEnd() : part));
}

function timesOf({ notes, text }: ReadService, check: Readonly<Record<string, unknown>>): Times {
  const times: Record<string, number> = {};
  for (const [key, name] of Object.entries(TIMES)) {
    if (check[key] === undefined || check[key] === null) continue;
    const written = typeof check[key] === "string" ? plainText(text(check[key])) : check[key];
    const seconds = durationSeconds(written);
    if (seconds === undefined) notes.add(`healthcheck.${key}`, `${written} is no length of time such as 30s`);
    else times[name] = Math.min(3600, Math.max(name === "startPeriod" ? 0 : 1, Math.ceil(seconds)));
  }
  const retries = Number(plainText(text(check.retries ?? "")) || Number.NaN);
  if (Number.isInteger(retries) && retries >= 1) times.retries = retries;
  const { interval, timeout, retries: tries, startPeriod } = times;
  return Object.fromEntries(
    Object.entries({ interval, timeout, retries: tries, startPeriod }).filter(([, value]) => value !== undefined),
  );
}
