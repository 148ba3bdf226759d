// @ts-check
import { parseArgs } from "node:util";
import { nearest } from "../values/nearest-word.cjs";
import { COMMON_OPTIONS, OPTIONS, VERBS, verbNamed } from "./verb-table.mjs";

/** @typedef {import("./verb-table.mjs").Verb} Verb */

/**
 * What a person typed, understood.
 * @typedef {object} Arguments
 * @property {string} verb a verb's first word, `help` or `version`
 * @property {string} [operand] the stack that a verb is about, the directory of `context` and `init`, the verb of `help`
 * @property {string} [action] of `images`: what to do, its second word
 * @property {readonly string[]} [words] of a verb about a host or images: what stands behind it
 * @property {boolean} [install] consent to installing what is missing
 * @property {boolean} [formerYes] whether that was said by its former name
 * @property {boolean} [autoApprove] whether to go ahead without asking
 * @property {boolean} [expired] of `down`: whether every preview goes whose time is over
 * @property {boolean} [retry] of `up`: whether a release is wanted that a rollback left
 * @property {string} [lines] of `logs`: how many
 * @property {string} [volume] of `volumes rm`: the volume to delete
 * @property {string} [confirm] of `volumes rm`: its name once more, where nobody can be asked
 * @property {string} [base] of `review`: a revision of git or a folder to compare with
 * @property {string} [plan] of `review`: a file of `terraform show -json`
 * @property {string} [html] of `review`: a file to write as a page for a browser
 * @property {string} [failOn] of `review`: rules, with commas between
 * @property {string} [dockerfile] of `context`: the Dockerfile, relative to the directory
 * @property {string} [from] of `init`: a compose file
 * @property {string} [host] of `init`: `local` or `aws`
 * @property {boolean} [dryRun] of a verb about images: whether to say it only
 * @property {string} [format] of `images`: a template of Docker's fields
 * @property {string} [limit] of `images tags` and `images search`: how many at most
 * @property {readonly string[]} [filter] of `images search`
 * @property {string} [registry] of `images load`: where to, in place of the engine
 * @property {readonly string[]} [verify] of `lock`: files of public keys
 * @property {boolean} [json] print it for programs
 * @property {boolean} [verbose] show and keep all that Terraform says
 * @property {string} [directory] where to do it
 * @property {string} [name] of `rehearse`: the server name to visit
 * @property {string} [path] of `rehearse`: the page to visit
 * @property {string} [text] of `rehearse`: a part of that page
 * @property {readonly string[]} [next] of `rehearse`: variables of a second deploy, as `NAME=VALUE`
 * @property {string} [region] of `rehearse`: what the app is told
 * @property {readonly string[]} [machine] of `rehearse`: what the machines boot, one after the other
 * @property {string} [memory] of `rehearse`: the machine's, in MiB
 * @property {string} [engine] of `rehearse`: the version of the machine's engine
 * @property {boolean} [prepared] of `rehearse`: whether the machine has its packages
 * @property {string} [report] of `rehearse`: a file to write the report to, as JSON
 */

/** A command line that cannot be understood; the message says which part and what would do. */
export class ArgumentsError extends Error {
  /**
   * @param {string} message
   * @param {string} [verb] whose help helps
   */
  constructor(message, verb) {
    super(message);
    this.verb = verb;
  }
}

/**
 * What takes a connection that stays open. Why no verbs: on a nano that is Session Manager's, which needs a plugin, and no
 * stand-in for it was to be had to rehearse one.
 */
const BY_SESSION =
  "takes a session on the host: aws ssm start-session --target INSTANCE, which needs the Session Manager plugin of the AWS command and operatorPolicies, or ssh; there sudo docker logs -f CONTAINER, or sudo docker exec -it CONTAINER sh. Containers of a LocalHost are this engine's own. slipway status names the container";

/**
 * Reads a command line, without the interpreter and the program's name.
 * @param {readonly string[]} argv
 * @returns {Arguments}
 * @throws {ArgumentsError}
 */
export function parseArguments(argv) {
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(OPTIONS).map(([name, { type, short }]) => [
        name,
        short === undefined ? { type } : { type, short },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words = tokens.flatMap((token) => (token.kind === "positional" ? [token.value] : []));
  const flags = tokens.flatMap((token) => (token.kind === "option" ? [token] : []));
  const { verb, operands } = verbOf(words);
  if (flags.some(({ name }) => name === "version")) return { verb: "version" };
  if (verb === undefined) {
    const [name] = operands;
    if (name === undefined || name === "help") return helpOf(operands.slice(1), flags);
    if (name === "exec") throw new ArgumentsError(`exec ${BY_SESSION}`);
    throw new ArgumentsError(
      `verb must be one of ${VERBS.map((each) => each.name).join(", ")}, got ${name}${meant(
        name,
        VERBS.map((each) => each.name),
      )}`,
    );
  }
  if (flags.some(({ name }) => name === "help")) return helpOf(verb.name.split(" "), []);
  const asked = { ...checked(verb, operands), ...read(verb, flags) };
  if (asked.expired && asked.operand !== undefined)
    throw new ArgumentsError(`--expired takes no stack, got ${asked.operand} too`, verb.name);
  if (verb.name === "down" && asked.json && !asked.expired)
    throw new ArgumentsError("--json of down belongs to --expired", verb.name);
  return asked;
}

/** @typedef {{ name: string, rawName: string, value?: string | undefined, inlineValue?: boolean | undefined }} Flag */

/**
 * The verb that the first words name, the longer name first.
 * @param {readonly string[]} words
 * @returns {{ verb?: Verb, operands: readonly string[] }}
 */
function verbOf(words) {
  for (const count of [2, 1]) {
    const verb = words.length >= count ? verbNamed(words.slice(0, count).join(" ")) : undefined;
    if (verb) return { verb, operands: words.slice(count) };
  }
  return { operands: words };
}

/**
 * @param {readonly string[]} words
 * @param {readonly Flag[]} flags
 * @returns {Arguments}
 */
function helpOf(words, flags) {
  for (const { name, rawName } of flags)
    if (!Object.hasOwn(OPTIONS, name)) throw unknown(rawName, Object.keys(OPTIONS));
  const { verb } = verbOf(words);
  return verb ? { verb: "help", operand: verb.name } : { verb: "help" };
}

/**
 * @param {Verb} verb
 * @param {readonly Flag[]} flags
 */
function read({ name: verb, options = [] }, flags) {
  const allowed = [...options, ...COMMON_OPTIONS];
  /** @type {Record<string, string | boolean | string[]>} */
  const result = {};
  for (const { name, rawName, value, inlineValue } of flags) {
    const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (!option && verb === "logs" && /^(-f|--follow)$/.test(rawName))
      throw new ArgumentsError(`${rawName} ${BY_SESSION}`, verb);
    if (!option) throw unknown(rawName, allowed, verb);
    if (!allowed.includes(name)) {
      const owners = VERBS.filter((each) => each.options?.includes(name)).map((each) => each.name);
      throw new ArgumentsError(`${rawName} belongs to ${owners.join(", ")}, got ${verb}`, verb);
    }
    if (option.type === "boolean" && inlineValue)
      throw new ArgumentsError(`${rawName} takes no value, got ${JSON.stringify(value)}`, verb);
    if (option.type === "string" && (!value || (!inlineValue && value.startsWith("-"))))
      throw new ArgumentsError(`${rawName} must be followed by its value`, verb);
    const before = result[name];
    result[name] = option.multiple ? [...(Array.isArray(before) ? before : []), value ?? ""] : (value ?? true);
  }
  const { "auto-approve": autoApprove, "dry-run": dryRun, "fail-on": failOn, yes, ...rest } = result;
  if (rest.lines !== undefined && !/^[1-9][0-9]{0,3}$/.test(String(rest.lines)))
    throw new ArgumentsError(`-n must be a number of lines, 1 to 9999, got ${rest.lines}`, verb);
  if (rest.memory !== undefined && !/^[1-9][0-9]{0,5}$/.test(String(rest.memory)))
    throw new ArgumentsError(`--memory must be a number of MiB, e.g. 250, got ${rest.memory}`, verb);
  const variable = [rest.next ?? []].flat().find((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(String(word)));
  if (variable !== undefined)
    throw new ArgumentsError(`--next must be a variable, e.g. --next VERSION=2, got ${variable}`, verb);
  if (rest.limit !== undefined && !/^([1-9][0-9]?|100)$/.test(String(rest.limit)))
    throw new ArgumentsError(`--limit must be a number, 1 to 100, got ${rest.limit}`, verb);
  if (rest.format !== undefined && rest.json)
    throw new ArgumentsError("--format and --json both say what is printed: leave out one", verb);
  if (rest.host !== undefined && !/^(local|aws)$/.test(String(rest.host)))
    throw new ArgumentsError(`--host must be local or aws, got ${rest.host}`, verb);
  return {
    ...rest,
    ...(autoApprove ? { autoApprove: true } : {}),
    ...(dryRun ? { dryRun: true } : {}),
    ...(failOn ? { failOn: String(failOn) } : {}),
    ...(yes ? { install: true, formerYes: true } : {}),
  };
}

/**
 * The operands under their names, of the number and the form that the verb takes.
 * @param {Verb} verb
 * @param {readonly string[]} operands
 * @returns {Arguments}
 */
function checked({ name, group, positionals = [] }, operands) {
  const needed = positionals.filter((each) => each.startsWith("<"));
  const takes = positionals.length === 0 ? "no operand" : positionals.join(" ");
  if (operands.length < needed.length)
    throw new ArgumentsError(`${name} needs ${needed.join(" ")}: slipway ${name} ${positionals.join(" ")}`, name);
  if (operands.length > positionals.length) {
    const longer = VERBS.filter((each) => each.name.startsWith(`${name} `)).map((each) => each.name);
    const hint = longer.length === 0 ? "" : meant(`${name} ${operands[0]}`, longer);
    throw new ArgumentsError(`${name} takes ${takes}, got ${operands[positionals.length]} too${hint}`, name);
  }
  const [operand] = operands;
  if (group === "host") {
    const strange = operands.find((word) => !/^[A-Za-z0-9*][A-Za-z0-9*./_-]*$/.test(word));
    if (strange !== undefined) throw new ArgumentsError(`${name} takes names, got ${JSON.stringify(strange)}`, name);
    if (name === "maintenance" && !/^(on|off)$/.test(operands.at(-1) ?? ""))
      throw new ArgumentsError(`maintenance must end in on or off, got ${operands.at(-1)}`, name);
    return { verb: name, words: operands };
  }
  if (positionals[0] === "[stack]" && operand !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(operand))
    throw new ArgumentsError(`stack must be a name as the app gives it, got ${JSON.stringify(operand)}`, name);
  const [first, action] = name.split(" ");
  if (first === "images" && action !== undefined) return { verb: first, action, words: operands };
  if (name === "volumes rm") return { verb: "volumes", volume: operand };
  return operand === undefined ? { verb: name } : { verb: name, operand };
}

/**
 * @param {string} typed
 * @param {readonly string[]} allowed
 * @param {string} [verb]
 */
function unknown(typed, allowed, verb) {
  const words = allowed.filter((name) => name !== "yes").map((name) => `--${name}`);
  return new ArgumentsError(`option must be one of ${words.join(", ")}, got ${typed}${meant(typed, words)}`, verb);
}

/**
 * @param {string} typed
 * @param {readonly string[]} words
 */
function meant(typed, words) {
  const word = nearest(typed, words);
  return word === undefined ? "" : `: did you mean ${word}?`;
}
