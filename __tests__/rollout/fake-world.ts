import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";

const ROLLOUT = resolve(__dirname, "../../src/rollout");
const CORE = readdirSync(ROLLOUT)
  .filter((name) => name.endsWith(".sh"))
  .map((name) => `. "${join(ROLLOUT, name)}"`)
  .join("; ");
const DRIVER = join(__dirname, "fake-driver.sh");

/**
 * A service as a release has it: "NAME SPEC", the path of its health check where it is not "/", and "stop-first" where it
 * is; in place of a path the word "worker" makes it one without a port.
 */
export type Line = string;

export interface World {
  /** What serves: "NAME SPEC STATE...", the state "running" unless said; the word "unproven" makes it running. */
  readonly serves?: readonly string[];
  /** The services of the release that serves, where they are not those that serve. */
  readonly noted?: readonly Line[];
  /** "NAME:SPEC BEHAVIOUR", ok unless said: see fake-driver.sh. */
  readonly health?: readonly string[];
  /** "NAME SPEC" of the tasks that have run. */
  readonly ledger?: readonly string[];
  /** "FUNCTION ARGUMENT STATUS REASON": what a driver's function ends with. */
  readonly verdicts?: readonly string[];
}

export interface Run {
  readonly outcome: number;
  readonly problem: string;
  readonly said: readonly string[];
  /** What was done to the host, and when it slept. */
  readonly done: readonly string[];
  readonly violations: readonly string[];
  /** What requests go to: "NAME SPEC". */
  readonly serves: readonly string[];
  readonly ledger: readonly string[];
  /** What runs or ran on the host: "NAME SPEC STATE". */
  readonly containers: readonly string[];
}

export function serviceLine(line: Line): string {
  const [name = "", spec = "", path = "/", ...order] = line.split(" ");
  if (path === "worker") return [name, spec, "-", "command", "'is' 'well'", "-", "-", "3", "30", ...order].join("\t");
  return [name, spec, "80", "http", path, "2xx", "-", "3", "30", ...order].join("\t");
}

/** A task as a release has it: "NAME SPEC", and the services that it stands before where those are not all. */
function taskLine(line: Line): string {
  const [name = "", spec = "", before = "-"] = line.split(" ");
  return [name, spec, "300", before].join("\t");
}

const lines = (all: readonly string[]) => all.map((line) => `${line}\n`).join("");

/** A folder with the world as it was before a release; "old" is the release that serves. */
export function makeWorld({ serves = [], noted, health = [], ledger = [], verdicts = [] }: World): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-world-"));
  for (const each of ["instances", "proven", "front", "notes"]) mkdirSync(join(folder, each));
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const front: string[] = [];
  for (const each of serves) {
    const [name, spec, ...state] = each.split(" ");
    const unproven = state[0] === "unproven";
    put(`instances/${name}.${spec}.0`, `${name} ${spec} ${(unproven ? "" : state.join(" ")) || "running"}\n`);
    if (!unproven) put(`proven/${name}.${spec}.0`, "");
    front.push(`${name} ${name}.${spec}.0 ${spec}`);
  }
  if (serves.length > 0) {
    put("front/old.1", lines(front));
    put(
      "notes/services",
      lines((noted ?? serves).map((line) => serviceLine(noted ? line : line.split(" ").slice(0, 2).join(" ")))),
    );
  }
  put("current", serves.length > 0 ? "old.1\n" : "\n");
  put("health", lines(health));
  put("ledger", lines(ledger));
  put("verdicts", lines(verdicts));
  put("changes", "1\n");
  put("clock", "1000\n");
  put("journal", "");
  return folder;
}

export interface Release {
  readonly services: readonly Line[];
  readonly tasks?: readonly Line[];
  /** "NAME NAME,NAME": a service and those that it depends on. */
  readonly depends?: readonly Line[];
  readonly id?: string;
  readonly mode?: "deploy" | "restore";
  readonly environment?: Readonly<Record<string, string>>;
}

function putRelease(path: string, { services, tasks, depends }: Pick<Release, "services" | "tasks" | "depends">): void {
  writeFileSync(path, lines(services.map(serviceLine)));
  if (tasks) writeFileSync(`${path}.tasks`, lines(tasks.map(taskLine)));
  if (depends) writeFileSync(`${path}.depends`, lines(depends.map((line) => line.replace(" ", "\t"))));
}

/** Runs the core's release of the services on the world, in a shell of its own; "new" is the release unless said. */
export function release(world: World | string, of: Release, shell = ["dash"]): Run {
  return releases([[world, of]], shell)[0] as Run;
}

/** Runs many releases, each on its world, one after another in one shell: a shell's start costs more than a release. */
export function releases(all: readonly (readonly [World | string, Release])[], shell = ["dash"]): Run[] {
  const folders = all.map(([world]) => (typeof world === "string" ? world : makeWorld(world)));
  const script = all.map(([, { id = "new", mode = "deploy", environment = {}, ...of }], index) => {
    const folder = folders[index] as string;
    putRelease(join(folder, "services"), of);
    const settings = Object.entries({ WORLD: folder, ...environment }).map(([name, value]) => `${name}='${value}'`);
    return `( ${settings.join(" ")}; w_rollout ${id} ${mode} "$WORLD/services"; w_log "exit $?" )`;
  });
  const [program = "", ...options] = shell;
  const { stderr } = spawnSync(program, [...options, "-c", [`${CORE}; . "${DRIVER}"`, ...script].join("\n")], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, SLIPWAY_PAUSE: "0" },
  });
  return folders.map((folder) => ({
    ...seen(folder),
    ...(stderr === "" ? {} : { problem: `standard error: ${stderr}` }),
  }));
}

/**
 * Runs the release under bash, which photographs the world after every line of the core that changed it. From each
 * photograph, as after a power cut, each of `then` runs, in dash, which is faster: the same release, another one, or a restore. Returns what was
 * wrong on the way or at the end of any, and how many photographs there were. `change` is shell that replaces functions of
 * the core or the driver.
 */
export function powerCuts(
  world: World,
  released: Release,
  then: readonly Release[],
  change = "",
): { cuts: number; wrong: string[] } {
  const folder = makeWorld(world);
  const album = mkdtempSync(join(tmpdir(), "slipway-photographs-"));
  putRelease(join(folder, "services"), released);
  for (const [index, each] of then.entries()) putRelease(join(folder, `then-${index}`), each);
  const again = then.map(({ id = "new", mode = "deploy" }, index) => {
    const file = `"$WORLD/then-${index}"`;
    return `cp -R "$each" "$each-${index}"
      ( WORLD=$each-${index}; w_rollout ${id} ${mode} ${file} || w_log "VIOLATION: ended $?"
        w_check ${id} ${file} ${mode}; sed -n "s/^VIOLATION/\${WORLD##*/}/p" "$WORLD/journal" )`;
  });
  const shell = (program: string, options: readonly string[], script: string) => {
    const { stdout, stderr } = spawnSync(program, [...options, "-c", `${CORE}; . "${DRIVER}"\n${change}\n${script}`], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, WORLD: folder, PHOTOGRAPHS: album, SLIPWAY_PAUSE: "0" },
    });
    return stdout + stderr;
  };
  const cut = 'set -T; trap w_photograph DEBUG; w_rollout new deploy "$WORLD/services"';
  const said = shell("bash", ["--norc", "-o", "posix"], cut);
  const cuts = readdirSync(album).filter((name) => /^\d+$/.test(name)).length;
  const changed =
    change === "" && !isDeepStrictEqual(seen(folder), { ...release(world, released), outcome: Number.NaN });
  const seenOtherwise = changed ? "the photographer changed what it photographed\n" : "";
  const wrong = seenOtherwise + said + shell("dash", [], `for each in "$PHOTOGRAPHS"/*; do ${again.join("\n")}\n done`);
  return { cuts, wrong: wrong.split("\n").filter(Boolean) };
}

/** What a world looks like after the last run. */
export function seen(folder: string): Run {
  const read = (name: string) => readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean);
  const journal = read("journal");
  const [current] = read("current");
  const last = (word: string) => journal.filter((line) => line.startsWith(word)).at(-1) ?? "";
  const said = journal.filter((line) => line.startsWith("says ")).map((line) => line.slice(5));
  return {
    outcome: Number(last("exit ").slice(5) || Number.NaN),
    problem: /^ended \d+: (.*)$/.exec(last("ended "))?.[1] ?? "",
    said,
    done: journal.filter((line) => !/^(says|ended|exit|VIOLATION)/.test(line)),
    violations: journal.filter((line) => line.startsWith("VIOLATION")),
    serves: current ? read(`front/${current}`).map((line) => line.replace(/ \S+ /, " ")) : [],
    ledger: read("ledger"),
    containers: readdirSync(join(folder, "instances"))
      .flatMap((name) => read(`instances/${name}`))
      .sort(),
  };
}
