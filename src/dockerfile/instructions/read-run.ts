import { Refusal } from "../dockerfile-error.ts";
import { lowerCase } from "../syntax/go-text.ts";
import type { Run } from "./instruction.ts";
import { type InstructionSource, readCommand, readCsvFields, readFlags } from "./instruction-source.ts";

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
function isGoBoolean(text: string): boolean {
  return /^(1|0|t|f|T|F|true|false|TRUE|FALSE|True|False)$/.test(text);
}

/** The fields of a `--mount` as written, by their full names; a field without a value is `true`. */
export interface Mount {
  /** @default "bind" */
  readonly type: string;
  readonly from?: string;
  readonly source?: string;
  readonly target?: string;
  readonly readonly?: string;
  readonly readwrite?: string;
  readonly required?: string;
  readonly id?: string;
  readonly sharing?: string;
  readonly size?: string;
  readonly mode?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly env?: string;
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  src: "source",
  dst: "target",
  destination: "target",
  ro: "readonly",
  rw: "readwrite",
};
const SWITCHES: readonly string[] = ["readonly", "readwrite", "required"];
const OWNED: readonly string[] = ["secret", "ssh", "cache"];
const NUMBER = /^[0-9]+$/;

interface Field {
  readonly takes: (value: string) => boolean;
  /** The types of mount that have it. @default - all */
  readonly types?: readonly string[];
}

const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ["type", { takes: (value) => ["bind", "cache", "tmpfs", "secret", "ssh"].includes(lowerCase(value)) }],
  ["from", { takes: () => true, types: ["bind", "cache", "tmpfs", "ssh"] }],
  ["source", { takes: () => true }],
  ["target", { takes: () => true }],
  ["readonly", { takes: isGoBoolean }],
  ["readwrite", { takes: isGoBoolean }],
  ["required", { takes: isGoBoolean, types: ["secret", "ssh"] }],
  ["id", { takes: () => true }],
  ["sharing", { takes: (value) => ["shared", "private", "locked"].includes(lowerCase(value)), types: ["cache"] }],
  ["size", { takes: (value) => /^[0-9]+(\.[0-9]+)? ?([kmgtp]i?b?|b)?$/i.test(value), types: ["tmpfs"] }],
  ["mode", { takes: (value) => /^[0-7]+$/.test(value) && Number.parseInt(value, 8) < 2 ** 32, types: OWNED }],
  ["uid", { takes: (value) => NUMBER.test(value) && Number(value) < 2 ** 32, types: OWNED }],
  ["gid", { takes: (value) => NUMBER.test(value) && Number(value) < 2 ** 32, types: OWNED }],
  ["env", { takes: () => true }],
]);

/** The fields of `text`, a `--mount` that the reader took. */
export function readMount(text: string): Mount {
  const mount: Record<string, string> = {};
  for (const [name, value] of fieldsOf(text)) mount[name] = value ?? "true";
  return { ...mount, type: lowerCase(mount.type ?? "bind") };
}

/** Why the build will fail at `text`, a `--mount` that the reader took; fields with variables are not judged. */
export function mountProblem(text: string): string | undefined {
  const mount = readMount(text);
  for (const [name, value] of fieldsOf(text)) {
    if (value?.includes("$")) continue;
    const field = FIELDS.get(name);
    if (!field) return `a mount has no field ${name}`;
    if (value === undefined && !SWITCHES.includes(name)) return `a mount's ${name} needs a value`;
    if (value !== undefined && !field.takes(value)) return `a mount's ${name} cannot be ${value || "empty"}`;
    if (field.types && !mount.type.includes("$") && !field.types.includes(mount.type)) {
      return `a mount of type ${mount.type} takes no ${name}`;
    }
  }
  if (mount.type !== "secret") return undefined;
  if (!mount.source && !mount.target && !mount.id) return "a secret mount needs an id or a target";
  return mount.source && mount.id ? "a secret mount takes an id or a source, not both" : undefined;
}

function fieldsOf(text: string): [name: string, value?: string][] {
  return readCsvFields(text).map((field) => {
    const equals = field.indexOf("=");
    const name = lowerCase(equals < 0 ? field : field.slice(0, equals));
    const full = Object.hasOwn(SHORT_NAMES, name) ? (SHORT_NAMES[name] ?? name) : name;
    return equals < 0 ? [full] : [full, field.slice(equals + 1)];
  });
}
