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

/** What the builder asks of a mount before variables have values; the rest is `convertMount`'s. */
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

interface Field {
  readonly takes: (value: string) => boolean;
  /** The types of mount that have it, asked when all fields are read. @default - all */
  readonly types?: readonly string[];
  /** The types of mount that have it, asked when the field is read. @default - all */
  readonly early?: readonly string[];
}

const NUMBERS: readonly string[] = ["mode", "uid", "gid"];

const isShort = (value: string, base: 8 | 10) =>
  (base === 8 ? /^[0-7]+$/ : /^[0-9]+$/).test(value) && Number.parseInt(value, base) < 2 ** 32;

const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ["type", { takes: (value) => ["bind", "cache", "tmpfs", "secret", "ssh"].includes(lowerCase(value)) }],
  ["from", { takes: () => true, types: ["bind", "cache", "tmpfs", "ssh"] }],
  ["source", { takes: () => true }],
  ["target", { takes: () => true }],
  ["readonly", { takes: isGoBoolean }],
  ["readwrite", { takes: isGoBoolean }],
  ["required", { takes: isGoBoolean, early: ["secret", "ssh"] }],
  ["id", { takes: () => true }],
  ["sharing", { takes: (value) => ["shared", "private", "locked"].includes(lowerCase(value)), types: ["cache"] }],
  ["size", { takes: isSize, early: ["tmpfs"] }],
  ["mode", { takes: (value) => isShort(value, 8), types: OWNED }],
  ["uid", { takes: (value) => isShort(value, 10), types: OWNED }],
  ["gid", { takes: (value) => isShort(value, 10), types: OWNED }],
  ["env", { takes: () => true }],
]);

/** What go-units reads as bytes. */
function isSize(text: string): boolean {
  return /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)? ?(b|[kmgtp](b|ib)?)?$/i.test(text) && !/^-.*[1-9]/.test(text);
}

/** The fields of `text`, a `--mount` that the reader took. */
export function readMount(text: string): Mount {
  const mount: Record<string, string> = {};
  for (const [name, value] of fieldsOf(text)) mount[name] = value ?? "true";
  return { ...mount, type: lowerCase(mount.type ?? "bind") };
}

/** A `--mount` as the builder takes it once its variables are replaced. */
export interface ConvertedMount {
  readonly type: string;
  readonly from: string;
  readonly source?: string;
  readonly target?: string;
}

/** What a field's value comes to: some text, nothing that is known, or the builder's complaint. */
export interface FieldValue {
  readonly text?: string;
  readonly problem?: string;
}

/**
 * `text`, a `--mount` that the reader took, with the values that `expand` gives; nothing where its type is not known.
 * Why field by field: the builder looks at each with the type that it knows by then.
 * @throws Refusal where the build fails at it
 */
export function convertMount(text: string, expand: (value: string) => FieldValue): ConvertedMount | undefined {
  let type = "bind";
  const given: Record<string, string | undefined> = {};
  for (const [name, raw] of fieldsOf(text)) {
    const field = FIELDS.get(name);
    if (raw === undefined && !SWITCHES.includes(name)) throw new Refusal(`a mount's ${name} needs a value`, text);
    const { text: value, problem } = raw === undefined ? { text: "true", problem: undefined } : expand(raw);
    if (problem !== undefined) throw new Refusal(problem, raw);
    if (!field) throw new Refusal(`a mount has no field ${name}`, text);
    if (value === undefined && name === "type") return undefined;
    if (field.early?.includes(type) === false) throw new Refusal(`a mount of type ${type} takes no ${name}`, text);
    if (value !== undefined && !field.takes(value)) {
      throw new Refusal(`a mount's ${name} cannot be ${value || "empty"}`, text);
    }
    if (name === "type") type = lowerCase(value ?? type);
    given[name] = value;
  }
  for (const name of Object.keys(given)) {
    if (FIELDS.get(name)?.types?.includes(type) !== false) continue;
    if (given[name] !== "" || NUMBERS.includes(name))
      throw new Refusal(`a mount of type ${type} takes no ${name}`, text);
  }
  const { from = "", source, target } = given;
  const set = (name: string) => name in given && given[name] !== "";
  if (type === "secret") {
    if (!set("source") && !set("target") && !set("id"))
      throw new Refusal("a secret mount needs an id or a target", text);
    if (set("source") && set("id")) throw new Refusal("a secret mount takes an id or a source, not both", text);
  }
  if (type === "ssh" && set("source")) throw new Refusal("an SSH mount takes no source", text);
  return {
    type,
    from,
    ...("source" in given ? { source } : { source: "" }),
    ...("target" in given ? { target } : { target: "" }),
  };
}

function fieldsOf(text: string): [name: string, value?: string][] {
  return readCsvFields(text).map((field) => {
    const equals = field.indexOf("=");
    const name = lowerCase(equals < 0 ? field : field.slice(0, equals));
    const full = Object.hasOwn(SHORT_NAMES, name) ? (SHORT_NAMES[name] ?? name) : name;
    return equals < 0 ? [full] : [full, field.slice(equals + 1)];
  });
}
