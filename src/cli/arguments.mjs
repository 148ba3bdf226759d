// @ts-check

/**
 * What a person typed, understood.
 * @typedef {object} Arguments
 * @property {string} verb `up`, `down`, `volumes`, `lock`, `context`, `env`, `setup`, `help` or `version`
 * @property {string} [operand] the stack of `up`, `down`, `volumes` and `env`, the directory of `context`
 * @property {boolean} yes consent to installing what is missing
 * @property {string} [volume] of `volumes rm`: the volume to delete
 * @property {string} [confirm] of `volumes rm`: its name once more, where nobody can be asked
 * @property {boolean} [json] of `volumes`: print it for programs
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
  context <dir>   list what a build of the directory would send, and its content id
  env             print the variables that plain terraform needs here: eval "$(npx slipway env)"
  setup           check the machine and install what is missing, and no more

  --yes, -y             install what is missing without asking (Debian, Ubuntu)
  --json                of volumes: print it for programs
  --confirm <volume>    of volumes rm: its name once more, where nobody can be asked
  --dockerfile <path>   of context: the Dockerfile, relative to the directory
  --help, -h            this text
  --version             the version

  Exit codes: 0 done; 1 it failed; 2 the command line is wrong; 3 the machine lacks something.`;

const OPERANDS = {
  up: "stack",
  down: "stack",
  volumes: "stack",
  env: undefined,
  lock: undefined,
  context: "directory",
  setup: undefined,
};

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
    else if (word === "--dockerfile") result.dockerfile = valueAfter(argv, ++i, word);
    else if (word.startsWith("--dockerfile=")) result.dockerfile = word.slice("--dockerfile=".length);
    else if (word.startsWith("-"))
      throw new ArgumentsError(
        `option must be one of --yes, --json, --confirm, --dockerfile, --help, --version, got ${word}`,
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
  if (!Object.hasOwn(OPERANDS, verb)) {
    throw new ArgumentsError(`verb must be one of ${Object.keys(OPERANDS).join(", ")}, got ${verb}`);
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
 * @param {readonly string[]} argv
 * @param {number} index
 * @param {string} option
 */
function valueAfter(argv, index, option) {
  const value = argv[index];
  if (value === undefined || value.startsWith("-")) throw new ArgumentsError(`${option} must be followed by its value`);
  return value;
}
