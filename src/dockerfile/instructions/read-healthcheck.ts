import { Refusal } from "../dockerfile-error.ts";
import { readDuration } from "./duration.ts";
import { readFlags } from "./flags.ts";
import type { Healthcheck } from "./instruction.ts";
import type { InstructionSource } from "./instruction-source.ts";
import { readCommand } from "./read-command.ts";

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
