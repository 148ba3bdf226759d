import { Refusal } from "../dockerfile-error.ts";
import { lowerCase } from "../syntax/go-text.ts";
import { readCsvFields } from "./csv-fields.ts";
import { readFlags } from "./flags.ts";
import type { Run } from "./instruction.ts";
import type { InstructionSource } from "./instruction-source.ts";
import { readCommand } from "./read-command.ts";

const NETWORKS: readonly unknown[] = ["default", "none", "host"] satisfies Run["network"][];
const SECURITY_MODES: readonly unknown[] = ["sandbox", "insecure"] satisfies Run["security"][];

export function readRun(source: InstructionSource): Run {
  const flags = readFlags(source.flags, { mount: "texts", device: "texts", network: "text", security: "text" });
  const { mount: mounts = [], device: devices = [], network, security } = flags;
  for (const mount of mounts) checkMount(mount);
  for (const device of devices) checkDevice(device);
  if (!isNetwork(network)) throw new Refusal("takes --network=default, none or host", network);
  if (!isSecurity(security)) throw new Refusal("takes --security=sandbox or insecure", security);
  return {
    keyword: "RUN",
    command: readCommand(source, source.args),
    mounts,
    devices,
    ...(network ? { network } : {}),
    ...(security ? { security } : {}),
  };
}

function isNetwork(value: string | undefined): value is Run["network"] {
  return value === undefined || NETWORKS.includes(value);
}

function isSecurity(value: string | undefined): value is Run["security"] {
  return value === undefined || SECURITY_MODES.includes(value);
}

/** What the builder asks of a mount before variables have values; the rest is `mountProblem`'s. */
function checkMount(text: string): void {
  for (const field of readCsvFields(text)) {
    const equals = field.indexOf("=");
    if (equals < 0 || lowerCase(field.slice(0, equals)) !== "from") continue;
    const dollar = field.indexOf("$", equals);
    if (dollar >= 0 && dollar !== field.length - 1) {
      throw new Refusal("takes no variable in a mount's from", field, "name a stage FROM the variable and mount that");
    }
  }
}

function checkDevice(text: string): void {
  let name = "";
  for (const field of readCsvFields(text)) {
    const equals = field.indexOf("=");
    const key = lowerCase(equals < 0 ? field : field.slice(0, equals));
    const value = equals < 0 ? undefined : field.slice(equals + 1);
    if (key === "required") {
      if (value !== undefined && !isGoBoolean(value))
        throw new Refusal("takes a device's required as true or false", value);
    } else if (key === "name" && value !== undefined) {
      if (name !== "") throw new Refusal("takes one name per device", field);
      name = value;
    } else if (name !== "") throw new Refusal("takes no such field in a device", field);
    else name = field;
  }
}

/** What Go's `strconv.ParseBool` reads. */
export function isGoBoolean(text: string): boolean {
  return /^(1|0|t|f|T|F|true|false|TRUE|FALSE|True|False)$/.test(text);
}
