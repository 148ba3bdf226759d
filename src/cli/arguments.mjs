// @ts-check

/**
 * What a person typed, understood.
 * @typedef {object} Arguments
 * @property {string} verb `up`, `down`, `volumes`, `lock`, `context`, `env`, `setup`, `help` or `version`, or one about a host
 * @property {string} [operand] the stack of `up`, `down`, `volumes` and `env`, the directory of `context`
 * @property {readonly string[]} [words] of a verb about a host: what stands behind it
 * @property {string} [lines] of `logs`: how many
 * @property {boolean} [retry] of `up`: whether a release is wanted that a rollback left
 * @property {boolean} yes consent to installing what is missing
 * @property {string} [volume] of `volumes rm`: the volume to delete
 * @property {string} [confirm] of `volumes rm`: its name once more, where nobody can be asked
 * @property {boolean} [json] of `volumes` and the verbs about a host: print it for programs
 * @property {string} [dockerfile] of `context`: the Dockerfile, relative to the directory
 */

/** The stack that is meant when none is named. */
export const DEFAULT_STACK = "cats";

export const USAGE = `usage: slipway <verb> [operand] [options]

  up [stack]      deploy a stack on this machine's Docker Engine and print its address (default: ${DEFAULT_STACK})
  down [stack]    take it away again: containers, networks and images; what services keep in volumes stays
  volumes [stack] list the volumes of hosts on this machine's Docker Engine
  volumes rm <volume>
                  delete one that nothing uses, with all that it holds
  lock            write slipway.lock.json: which digest each image tag stands for today

  status [host]                        what it serves, and how that does
  logs [host] <service> [-n <lines>]   what the service said last
  releases [host]                      its last releases, and what became of them
  rollback [host] [version]            serve an earlier release, and hold it
  maintenance [host] <site> on|off     answer 503 for a site, or serve it again

  context <dir>   list what a build of the directory would send, and its content id
  env             print the variables that plain terraform needs here: eval "$(npx slipway env)"
  setup           check the machine and install what is missing, and no more

  --yes, -y             install what is missing without asking (Debian, Ubuntu)
  --retry               of up: release again what a rollback left
  --json                of volumes and of the verbs about a host: for programs
  --confirm <volume>    of volumes rm: its name once more, where nobody can be asked
  --dockerfile <path>   of context: the Dockerfile, relative to the directory
  --help, -h            this text
  --version             the version

  A host is named by its construct path or id (netflix/host, host); the one that is deployed here needs no name.

  Exit codes: 0 done; 1 it failed, or something is not healthy; 2 the command line is wrong; 3 the machine lacks
  something; 75 the host cannot be asked now.`;

const OPERANDS = {
  up: "stack",
  down: "stack",
  volumes: "stack",
  env: undefined,
  lock: undefined,
  context: "directory",
  setup: undefined,
};

/** The verbs about a host, and how many words may stand behind each. */
export const HOST_VERBS = { status: [0, 1], logs: [1, 2], releases: [0, 1], rollback: [0, 2], maintenance: [2, 3] };

/** A command line that cannot be understood; the message says which part and what would do. */
export class ArgumentsError extends Error {}

/**
 * Reads a command line, without the interpreter and the program's name.
 * @param {readonly string[]} argv
 * @returns {Arguments}
 * @throws {ArgumentsError}
 */
export function parseArguments(argv) {
  /** @type {string[]} */
  const words = [];
  /** @type {Arguments} */
  const result = { verb: "", yes: false };
  for (let i = 0; i < argv.length; i++) {
    const word = /** @type {string} */ (argv[i]);
    if (word === "--help" || word === "-h") return { ...result, verb: "help" };
    if (word === "--version") return { ...result, verb: "version" };
    if (word === "--yes" || word === "-y") result.yes = true;
    else if (word === "--json") result.json = true;
    else if (word === "--confirm") result.confirm = valueAfter(argv, ++i, word);
    else if (word.startsWith("--confirm=")) result.confirm = word.slice("--confirm=".length);
    else if (word === "--retry") result.retry = true;
    else if (word === "-n" || word === "--lines") result.lines = valueAfter(argv, ++i, word);
    else if (word === "--dockerfile") result.dockerfile = valueAfter(argv, ++i, word);
    else if (word.startsWith("--dockerfile=")) result.dockerfile = word.slice("--dockerfile=".length);
    else if (word.startsWith("-"))
      throw new ArgumentsError(
        `option must be one of --yes, --json, --confirm, --lines, --retry, --dockerfile, --help, --version, got ${word}`,
      );
    else words.push(word);
  }
  if (words[0] === "volumes" && words[1] === "rm") {
    words.splice(1, 1);
    result.volume = words.splice(1, 1)[0];
    if (result.volume === undefined)
      throw new ArgumentsError("volumes rm must be told a volume: slipway volumes lists them");
  }
  const [verb, operand, ...rest] = words;
  if (verb === undefined) return { ...result, verb: "help" };
  if (verb === "help") return { ...result, verb };
  if (Object.hasOwn(HOST_VERBS, verb)) return hostArguments({ ...result, verb }, words.slice(1));
  if (result.lines !== undefined) throw new ArgumentsError(`-n belongs to logs, got ${verb}`);
  if (result.retry && verb !== "up") throw new ArgumentsError(`--retry belongs to up, got ${verb}`);
  if (!Object.hasOwn(OPERANDS, verb)) {
    const verbs = [...Object.keys(OPERANDS), ...Object.keys(HOST_VERBS)];
    throw new ArgumentsError(`verb must be one of ${verbs.join(", ")}, got ${verb}`);
  }
  const takes = OPERANDS[/** @type {keyof typeof OPERANDS} */ (verb)];
  const extra = result.volume !== undefined ? operand : takes ? rest[0] : operand;
  if (extra !== undefined)
    throw new ArgumentsError(
      `${result.volume === undefined ? verb : "volumes rm"} takes ${result.volume !== undefined ? "one volume" : takes ? `one ${takes}` : "no operand"}, got ${extra} too`,
    );
  if (verb === "context" && operand === undefined)
    throw new ArgumentsError("context must be told a directory: slipway context <dir>");
  if (result.dockerfile !== undefined && verb !== "context")
    throw new ArgumentsError(`--dockerfile belongs to context, got ${verb}`);
  if (result.json && (verb !== "volumes" || result.volume !== undefined))
    throw new ArgumentsError(`--json belongs to volumes, got ${result.volume === undefined ? verb : "volumes rm"}`);
  if (result.confirm !== undefined && result.volume === undefined)
    throw new ArgumentsError(`--confirm belongs to volumes rm, got ${verb}`);
  if (takes === "stack" && operand !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(operand)) {
    throw new ArgumentsError(`stack must be a name as main.ts gives it, got ${JSON.stringify(operand)}`);
  }
  return { ...result, verb, operand: takes === "stack" && verb !== "volumes" ? (operand ?? DEFAULT_STACK) : operand };
}

/**
 * @param {Arguments} asked
 * @param {readonly string[]} words
 * @returns {Arguments}
 */
function hostArguments(asked, words) {
  const { verb, lines, retry } = asked;
  const [least, most] = /** @type {[number, number]} */ (HOST_VERBS[/** @type {keyof typeof HOST_VERBS} */ (verb)]);
  if (words.length < least || words.length > most) {
    const counts = least === most ? `${least}` : `${least} to ${most}`;
    throw new ArgumentsError(`${verb} takes ${counts} words behind it, got ${words.length}`);
  }
  if (retry) throw new ArgumentsError(`--retry belongs to up, got ${verb}`);
  if (lines !== undefined && (verb !== "logs" || !/^[1-9][0-9]{0,3}$/.test(lines)))
    throw new ArgumentsError(`-n must be a number of lines, 1 to 9999, of logs, got ${lines} of ${verb}`);
  if (verb === "maintenance" && !/^(on|off)$/.test(words.at(-1) ?? ""))
    throw new ArgumentsError(`maintenance must end in on or off, got ${words.at(-1)}`);
  const strange = words.find((word) => !/^[A-Za-z0-9*][A-Za-z0-9*./_-]*$/.test(word));
  if (strange !== undefined) throw new ArgumentsError(`${verb} takes names, got ${JSON.stringify(strange)}`);
  return { ...asked, words };
}

/**
 * @param {readonly string[]} argv
 * @param {number} index
 * @param {string} option
 */
function valueAfter(argv, index, option) {
  const value = argv[index];
  if (value === undefined || value.startsWith("-")) throw new ArgumentsError(`${option} must be followed by its value`);
  return value;
}
