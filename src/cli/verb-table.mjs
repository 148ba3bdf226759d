// @ts-check

/**
 * An option of the command line, named as `node:util` parseArgs has it.
 * @typedef {object} Option
 * @property {"boolean" | "string"} type
 * @property {string} [short] its one letter
 * @property {string} [value] what stands behind it, for people
 * @property {string} summary
 * @property {boolean} [multiple] whether it may be said several times
 */

/** @type {Readonly<Record<string, Option>>} */
export const OPTIONS = {
  "auto-approve": { type: "boolean", summary: "go ahead without asking, as Terraform's own option does" },
  base: { type: "string", value: "<rev|folder>", summary: "what to compare with (default: the synth before)" },
  confirm: { type: "string", value: "<volume>", summary: "its name once more, where nobody can be asked" },
  directory: { type: "string", short: "C", value: "<dir>", summary: "do it as if started in this directory" },
  dockerfile: { type: "string", value: "<path>", summary: "the Dockerfile, relative to the directory" },
  "dry-run": { type: "boolean", summary: "say what would be done, and change nothing" },
  engine: {
    type: "string",
    value: "<version>",
    summary: "the Docker Engine of the machine: 29, built from source once (default: its packages' own)",
  },
  expired: { type: "boolean", summary: "every preview whose time is over, and no other stack; asks nobody" },
  "fail-on": {
    type: "string",
    value: "<rules>",
    summary:
      "replace, downtime, open-port, iam, unpinned, secret, cost:USD, with commas between: exit code 4 where one is broken",
  },
  filter: { type: "string", value: "<filter>", multiple: true, summary: "stars=NUMBER, or official=true" },
  format: {
    type: "string",
    value: "<format>",
    summary: "a template of Docker's own fields, such as {{.Repository}}, with table in front, or json",
  },
  from: { type: "string", value: "<file>", summary: "a compose file, whose services become the stack" },
  help: { type: "boolean", short: "h", summary: "what the verb does, its options and examples" },
  host: {
    type: "string",
    value: "<local|aws>",
    summary: "where it runs: this machine's Docker Engine, or a nano of AWS (default: asks, else local)",
  },
  html: { type: "string", value: "<file>", summary: "write it as a page for a browser, too" },
  install: { type: "boolean", summary: "install what is missing without asking (Debian, Ubuntu)" },
  json: { type: "boolean", summary: "one JSON document on standard output, for programs" },
  limit: { type: "string", value: "<number>", summary: "how many at most, 1 to 100" },
  lines: { type: "string", short: "n", value: "<lines>", summary: "how many lines, 1 to 9999 (default: 100)" },
  machine: {
    type: "string",
    value: "<system>",
    multiple: true,
    summary: "what stands in for Ubuntu 24.04: debian-13 (default) or debian-12; said twice, one after the other",
  },
  memory: {
    type: "string",
    value: "<MiB>",
    summary:
      "the machine's memory (default: what the instance type has left beside Ubuntu's own agents, 250 of a nano)",
  },
  name: { type: "string", value: "<name>", summary: "the server name to visit (default: the first that is served)" },
  next: {
    type: "string",
    value: "<NAME=VALUE>",
    multiple: true,
    summary: "what the app's environment says in a second deploy, after the first: the next version, for one",
  },
  path: { type: "string", value: "<path>", summary: "the page to visit (default: the site's first route)" },
  plan: { type: "string", value: "<file>", summary: "what Terraform intends: a file of terraform show -json" },
  prepared: { type: "boolean", summary: "boot a machine that has its packages already" },
  region: { type: "string", value: "<region>", summary: "told to the app as SLIPWAY_AWS_REGION" },
  registry: { type: "string", value: "<address>", summary: "into that registry, in place of this machine's engine" },
  report: { type: "string", value: "<file>", summary: "write the report as JSON, too" },
  retry: { type: "boolean", summary: "release again what a rollback left" },
  text: {
    type: "string",
    value: "<text>",
    summary: "a part of the page to wait for (default: any answer but an error of the server's)",
  },
  verify: {
    type: "string",
    value: "<key>",
    multiple: true,
    summary: "the file of a public key: write down which images are signed by it",
  },
  verbose: { type: "boolean", summary: "show and keep all that Terraform says; so does SLIPWAY_LOG=debug" },
  version: { type: "boolean", summary: "the version of Slipway" },
  yes: { type: "boolean", short: "y", summary: "the former name of --install, for one release more" },
};

/** Options that every verb takes. */
export const COMMON_OPTIONS = ["directory", "verbose", "help"];

/**
 * What a verb needs of the machine before it starts: Terraform and an engine (`tools`), the project's packages
 * (`packages`), a project (`project`), or nothing.
 * @typedef {"tools" | "packages" | "project" | "nothing"} Needs
 */

/**
 * One verb of the command line: what parsing, help and set-up know about it.
 * @typedef {object} Verb
 * @property {string} name one word, or two, such as `volumes rm`
 * @property {"deploy" | "image" | "host" | "machine"} group
 * @property {string} summary one line
 * @property {readonly string[]} [positionals] `<needed>` and `[left out]`, in order
 * @property {readonly string[]} [options] besides those that all verbs take
 * @property {readonly string[]} examples
 * @property {Needs} needs
 * @property {boolean} [prints] whether its output is for programs even without --json
 */

/** @type {readonly Verb[]} */
export const VERBS = [
  {
    name: "init",
    group: "deploy",
    summary: "write a project: of one page, or of what a compose file declares",
    positionals: ["[directory]"],
    options: ["from", "host"],
    examples: [
      "slipway init shop",
      "slipway init --from docker-compose.yml",
      "slipway init shop --from ../shop/compose.yaml --host aws",
    ],
    needs: "nothing",
  },
  {
    name: "up",
    group: "deploy",
    summary: "plan a deploy, show what it changes, do it, print where it is served",
    positionals: ["[stack]"],
    options: ["retry", "auto-approve", "install", "yes"],
    examples: ["slipway up", "slipway up shop", "slipway up shop --retry"],
    needs: "tools",
  },
  {
    name: "down",
    group: "deploy",
    summary: "take a stack away again; what services keep in volumes stays",
    positionals: ["[stack]"],
    options: ["auto-approve", "expired", "json", "install", "yes"],
    examples: ["slipway down", "slipway down shop --auto-approve", "slipway down --expired"],
    needs: "tools",
  },
  {
    name: "list",
    group: "deploy",
    summary: "the stacks that are declared here, their hosts, and which are deployed",
    options: ["json"],
    examples: ["slipway list", "slipway list --json"],
    needs: "packages",
  },
  {
    name: "outputs",
    group: "deploy",
    summary: "the outputs of a stack that is deployed",
    positionals: ["[stack]"],
    options: ["json"],
    examples: ["slipway outputs", "slipway outputs shop --json"],
    needs: "packages",
  },
  {
    name: "diff",
    group: "deploy",
    summary: "say what the declaration changes of what is deployed, as review does",
    positionals: ["[stack]"],
    options: ["plan", "html", "fail-on", "json"],
    examples: ["slipway diff", "slipway diff shop --fail-on replace,downtime"],
    needs: "packages",
    prints: true,
  },
  {
    name: "review",
    group: "deploy",
    summary: "say what the declaration changes, for who reviews it: in Markdown",
    positionals: ["[stack]"],
    options: ["base", "plan", "html", "fail-on", "json"],
    examples: ["slipway review --base main", "slipway review shop --plan plan.json --fail-on open-port,cost:10"],
    needs: "packages",
    prints: true,
  },
  {
    name: "rehearse",
    group: "deploy",
    summary: "deploy to an AWS that is played on this machine (Linux, as root)",
    positionals: ["[stack]"],
    options: [
      ...["name", "path", "text", "next", "region", "machine", "memory", "engine", "prepared"],
      ...["report", "install", "yes"],
    ],
    examples: [
      "slipway rehearse shop",
      "slipway rehearse shop --name shop.example.com --text Welcome",
      "slipway rehearse shop --text Welcome --next VERSION=2",
      "slipway rehearse shop --machine debian-13 --machine debian-12 --install",
    ],
    needs: "packages",
  },
  {
    name: "volumes",
    group: "deploy",
    summary: "list the volumes of hosts on this machine's Docker Engine",
    positionals: ["[stack]"],
    options: ["json", "install", "yes"],
    examples: ["slipway volumes", "slipway volumes shop --json"],
    needs: "tools",
  },
  {
    name: "volumes rm",
    group: "deploy",
    summary: "delete a volume that nothing uses, with all that it holds",
    positionals: ["<volume>"],
    options: ["confirm", "install", "yes"],
    examples: ["slipway volumes rm shop-host-volume-redis"],
    needs: "tools",
  },
  {
    name: "lock",
    group: "deploy",
    summary: "write slipway.lock.json: which digest each image tag stands for today",
    options: ["verify", "install", "yes"],
    examples: ["slipway lock", "slipway lock --verify signing.pub"],
    needs: "packages",
  },
  {
    name: "images",
    group: "image",
    summary: "every declared image: version, digest, size, age, and where it is and runs",
    positionals: ["[stack]"],
    options: ["format", "json"],
    examples: ["slipway images", "slipway images shop --format {{.Digest}}"],
    needs: "packages",
  },
  {
    name: "images inspect",
    group: "image",
    summary: "what an image is made of, the declaration beside what the registry has",
    positionals: ["<image>"],
    options: ["json"],
    examples: ["slipway images inspect web", "slipway images inspect shop/web --json"],
    needs: "packages",
  },
  {
    name: "images history",
    group: "image",
    summary: "its layers, which line of the Dockerfile made each, and who shares it",
    positionals: ["<image>"],
    options: ["json"],
    examples: ["slipway images history web"],
    needs: "packages",
  },
  {
    name: "images tags",
    group: "image",
    summary: "the tags of a repository, which are one image, what retention lets go",
    positionals: ["<repository>"],
    options: ["limit", "json"],
    examples: ["slipway images tags web", "slipway images tags registry.example.com/shop/web"],
    needs: "packages",
  },
  {
    name: "images tag",
    group: "image",
    summary: "put a version's tag on an image in its registry; none moves",
    positionals: ["<image>", "<version>"],
    options: ["dry-run"],
    examples: ["slipway images tag web 1.4.2"],
    needs: "packages",
  },
  {
    name: "images search",
    group: "image",
    summary: "search Docker Hub, the most starred first",
    positionals: ["<term>"],
    options: ["limit", "filter", "format", "json"],
    examples: ["slipway images search nginx --limit 5", "slipway images search python --filter official=true"],
    needs: "nothing",
  },
  {
    name: "images pull",
    group: "image",
    summary: "bring declared images to this machine's engine, by digest",
    positionals: ["[image|stack]"],
    options: ["dry-run"],
    examples: ["slipway images pull --dry-run", "slipway images pull shop"],
    needs: "packages",
  },
  {
    name: "images push",
    group: "image",
    summary: "push a declared image that this engine built; no version moves",
    positionals: ["<image>"],
    options: ["dry-run"],
    examples: ["slipway images push web --dry-run"],
    needs: "packages",
  },
  {
    name: "images rm",
    group: "image",
    summary: "remove a declared image from this engine, unless something runs it",
    positionals: ["<image>"],
    options: ["dry-run", "auto-approve"],
    examples: ["slipway images rm web --dry-run"],
    needs: "packages",
  },
  {
    name: "images prune",
    group: "image",
    summary: "remove from this engine what stacks built and no longer declare",
    positionals: ["[stack]"],
    options: ["dry-run", "auto-approve"],
    examples: ["slipway images prune --dry-run", "slipway images prune shop --auto-approve"],
    needs: "packages",
  },
  {
    name: "images save",
    group: "image",
    summary: "write an image, or all of a stack, into a file, under its digests",
    positionals: ["<image|stack>", "<file>"],
    options: ["json"],
    examples: ["slipway images save shop shop.tar"],
    needs: "packages",
  },
  {
    name: "images load",
    group: "image",
    summary: "load such a file into this machine's engine, or into a registry",
    positionals: ["<file>"],
    options: ["registry", "json"],
    examples: ["slipway images load shop.tar", "slipway images load shop.tar --registry registry.example.com"],
    needs: "nothing",
  },
  {
    name: "images flatten",
    group: "image",
    summary: "make one layer of an image on this engine, its configuration kept",
    positionals: ["<image>", "<tag>"],
    examples: ["slipway images flatten web 1.4.2-flat"],
    needs: "packages",
  },
  {
    name: "status",
    group: "host",
    summary: "what a host serves, and how that does",
    positionals: ["[host]"],
    options: ["json"],
    examples: ["slipway status", "slipway status shop/host --json"],
    needs: "packages",
  },
  {
    name: "logs",
    group: "host",
    summary: "what a service said last",
    positionals: ["[host]", "<service>"],
    options: ["lines", "json"],
    examples: ["slipway logs web", "slipway logs shop/host web -n 20"],
    needs: "packages",
  },
  {
    name: "releases",
    group: "host",
    summary: "the last releases of a host, and what became of them",
    positionals: ["[host]"],
    options: ["json"],
    examples: ["slipway releases"],
    needs: "packages",
  },
  {
    name: "rollback",
    group: "host",
    summary: "serve an earlier release, and hold it",
    positionals: ["[host]", "[version]"],
    options: ["json"],
    examples: ["slipway rollback", "slipway rollback shop/host 12"],
    needs: "packages",
  },
  {
    name: "maintenance",
    group: "host",
    summary: "answer 503 for a site, or serve it again",
    positionals: ["[host]", "<site>", "<on|off>"],
    options: ["json"],
    examples: ["slipway maintenance shop.example.com on"],
    needs: "packages",
  },
  {
    name: "context",
    group: "machine",
    summary: "list what a build of a directory would send, and its content id",
    positionals: ["<dir>"],
    options: ["dockerfile", "json"],
    examples: ["slipway context .", "slipway context app --dockerfile docker/Dockerfile"],
    needs: "nothing",
    prints: true,
  },
  {
    name: "env",
    group: "machine",
    summary: "print the variables that plain terraform needs here",
    options: ["json", "install", "yes"],
    examples: ['eval "$(npx slipway env)"'],
    needs: "tools",
    prints: true,
  },
  {
    name: "doctor",
    group: "machine",
    summary: "say what is here and what is missing, and change nothing",
    options: ["json"],
    examples: ["slipway doctor", "slipway doctor --json"],
    needs: "project",
  },
  {
    name: "setup",
    group: "machine",
    summary: "check the machine and install what is missing, and no more",
    options: ["install", "yes"],
    examples: ["slipway setup --install"],
    needs: "tools",
  },
];

/** @param {string} name */
export function verbNamed(name) {
  return VERBS.find((verb) => verb.name === name);
}
