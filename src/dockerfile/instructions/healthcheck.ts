import { Refusal } from "../dockerfile-error.ts";
import type { Healthcheck } from "./instruction.ts";
import { type InstructionSource, readCommand, readFlags } from "./instruction-source.ts";

const SHORTEST = 1_000_000n;
const MOST_RETRIES = 2n ** 31n - 1n;

export function readHealthcheck(source: InstructionSource): Healthcheck {
  const [kind, ...args] = source.args;
  if (kind === undefined) throw new Refusal("needs CMD and a command, or NONE", "");
  if (kind.toUpperCase() === "NONE") {
    if (args.length > 0) throw new Refusal("takes nothing after NONE", args.join(" "));
    return { keyword: "HEALTHCHECK" };
  }
  const flags = readFlags(source.flags, {
    interval: "text",
    timeout: "text",
    "start-period": "text",
    "start-interval": "text",
    retries: "text",
  });
  if (kind.toUpperCase() !== "CMD") throw new Refusal("takes CMD or NONE", kind);
  if (args.length === 0) throw new Refusal("needs a command after CMD", kind);
  const times = {
    interval: readSeconds(flags.interval),
    timeout: readSeconds(flags.timeout),
    startPeriod: readSeconds(flags["start-period"]),
    startInterval: readSeconds(flags["start-interval"]),
    retries: readRetries(flags.retries),
  };
  const given = Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined));
  return { keyword: "HEALTHCHECK", command: readCommand(source, args), ...given };
}

/** Zero means the default, as if the flag were not there. */
function readSeconds(text = ""): number | undefined {
  const nanoseconds = text === "" ? 0n : readDuration(text);
  if (nanoseconds === 0n) return undefined;
  if (nanoseconds < SHORTEST) throw new Refusal("takes times of at least 1ms", text);
  return Number(nanoseconds) / 1e9;
}

function readRetries(text = ""): number | undefined {
  if (text === "") return undefined;
  if (!/^[-+]?[0-9]+$/.test(text)) throw new Refusal("takes --retries as a whole number", text);
  const value = BigInt(text.replace(/^\+/, ""));
  if (value < 0n || value > MOST_RETRIES) throw new Refusal(`takes --retries from 0 to ${MOST_RETRIES}`, text);
  return value === 0n ? undefined : Number(value);
}

/** Nanoseconds per unit, as Go's `time.ParseDuration` spells them; flags cannot carry a `µ`. */
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

/** Go's longest duration is 2^63 - 1 ns, and a negative one may be one longer. */
const LIMIT = 1n << 63n;

/** Nanoseconds in `text`, e.g. `1h30m` or `0.5s`. @throws Refusal where Go cannot read it */
export function readDuration(text: string): bigint {
  const [, sign = "", body = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (body === "0") return 0n;
  if (body === "") throw new Refusal("takes a duration", text, "write 30s");
  let total = 0n;
  for (let rest = body; rest !== ""; ) {
    const part = /^([0-9]*)(?:\.([0-9]*))?([^.0-9]*)/.exec(rest);
    const [whole = "", integer = "", fraction = "", unitName = ""] = part ?? [];
    if (integer + fraction === "") throw new Refusal("takes a duration", text, "write 30s");
    const unit = UNITS.get(unitName);
    if (unit === undefined) {
      throw new Refusal(
        unitName ? "has a duration with an unknown unit" : "has a duration without a unit",
        text,
        "write 30s",
      );
    }
    total += readInteger(integer, text) * unit + fractionOf(fraction, unit);
    if (total > LIMIT) throw new Refusal("has a duration that is too long", text);
    rest = rest.slice(whole.length);
  }
  if (sign === "-") return -total;
  if (total === LIMIT) throw new Refusal("has a duration that is too long", text);
  return total;
}

function readInteger(digits: string, text: string): bigint {
  const significant = digits.replace(/^0+/, "");
  if (significant.length > 19) throw new Refusal("has a duration that is too long", text);
  return BigInt(significant || "0");
}

/** Go reads as many digits as fit and multiplies as doubles. */
function fractionOf(digits: string, unit: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (next > LIMIT) break;
    value = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

/** `seconds` as a flag's value; no exponent, which Go does not read. */
export function printDuration(seconds: number): string {
  return `${seconds.toFixed(9).replace(/\.?0+$/, "")}s`;
}
