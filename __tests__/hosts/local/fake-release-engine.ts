import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOCAL_SCRIPTS } from "../../../src/hosts/local/local-scripts.ts";
import { packedScript } from "../../../src/rollout/packed-script.ts";

/** What the release may find where Terraform runs: POSIX has all of it but mktemp, and so has macOS. */
export const COMMANDS = [
  "awk",
  "cat",
  "cp",
  "cut",
  "date",
  "grep",
  "head",
  "id",
  "ln",
  "mkdir",
  "mktemp",
  "mv",
  "rm",
  "sed",
  "sh",
  "sleep",
  "sort",
  "tail",
  "tr",
  "uname",
];
/** What it may find in Nginx's container, beside nginx and one that asks; BusyBox has them with these words. */
export const COMMANDS_INSIDE = [
  "awk",
  "cat",
  "chgrp",
  "chmod",
  "cp",
  "date",
  "grep",
  "ln",
  "mkdir",
  "mv",
  "readlink",
  "rm",
  "sed",
  "sh",
  "timeout",
];

/** A container of the pretended engine. */
export interface FakeContainer {
  /** @default "running" */
  readonly status?: string;
  /** @default 0 */
  readonly code?: number;
  /** @default 0 */
  readonly restarts?: number;
  /** @default "10.0.0.9" */
  readonly address?: string;
  /** @default - the one that Terraform gives */
  readonly policy?: string;
  /** The service that it is of. @default - its own name */
  readonly of?: string;
  /** The id of its image. @default - one that the engine knows nothing more of */
  readonly image?: string;
}

/** An image of the pretended engine. */
export interface FakeImage {
  /** The stack that built it. @default - somebody else did */
  readonly stack?: string;
  /** The content id that it was built from. @default - none */
  readonly content?: string;
  readonly tags: readonly string[];
  /** @default - none */
  readonly digests?: readonly string[];
}

export interface ReleaseRun {
  readonly status: number | null;
  readonly output: string;
  /** What was asked of docker, a line each; what runs in Nginx's container only by its first words. */
  readonly calls: readonly string[];
}

/**
 * Docker with Nginx in one of its containers, and a shell where Terraform runs, both with no more commands than they
 * surely have. Shell programs for Nginx's container run for true, with its folders moved into a scratch folder.
 */
export class FakeEngine {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-engine-"));
  private readonly script = join(this.folder, "release.sh");

  /** @param busybox where the one program lies that Nginx's container has all its commands from, as Alpine does */
  constructor(busybox?: string) {
    for (const path of ["bin", "inside", "containers", "images", "answers", "etc/slipway", "proc/net", "tmp", "hups"])
      mkdirSync(join(this.folder, path), { recursive: true });
    writeFileSync(this.script, packedScript(LOCAL_SCRIPTS));
    this.write(
      "etc/nginx.conf",
      ["slipway/live/*.conf", "keepalive/*.conf"].map((files) => `include ${this.folder}/etc/${files};\n`).join(""),
    );
    // Processes, and the kernel's table of connections; whoever looks for the fifth time finds none any more.
    this.write("proc/net/tcp", "");
    for (const name of COMMANDS) this.link("bin", name);
    for (const name of COMMANDS_INSIDE) this.link("inside", name, busybox);
    this.program("bin/docker", DOCKER);
    this.program(`inside/${busybox ? "wget" : "curl"}`, ASKS);
    this.program("inside/nginx", NGINX);
    this.program("inside/hup", HUP);
    this.container("nginx");
  }

  /** Another one that serves the same, for a release starts hundreds of programs and a copy none. */
  copy(): FakeEngine {
    const copy = new FakeEngine();
    for (const path of ["answered", "containers", "images", "etc/slipway", "hups"])
      cpSync(join(this.folder, path), join(copy.folder, path), { recursive: true, verbatimSymlinks: true });
    return copy;
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  forget(path: string): void {
    rmSync(join(this.folder, path), { recursive: true });
  }

  has(path: string): boolean {
    return existsSync(join(this.folder, path));
  }

  container(name: string, container: FakeContainer = {}): void {
    const {
      status = "running",
      code = 0,
      restarts = 0,
      address = "10.0.0.9",
      policy = "unless-stopped",
      of = name,
      image = `sha256:of-${name}`,
    } = container;
    const fields = { of, image, pids: 512, status, code, restarts, address, policy, oom: false, since: "" };
    for (const [field, value] of Object.entries(fields)) {
      mkdirSync(join(this.folder, "containers", name), { recursive: true });
      this.write(`containers/${name}/${field}`, `${value}\n`);
    }
    this.write(`containers/${name}/log`, `words of ${name}\n`);
  }

  /** As Terraform does to one that it has replaced, after the release. */
  removeContainer(name: string): void {
    this.forget(`containers/${name}`);
  }

  image(id: string, { stack = "", content = "", tags, digests = [] }: FakeImage): void {
    mkdirSync(join(this.folder, "images", id));
    const lines = (names: readonly string[]) => names.map((name) => `${name}\n`).join("");
    const fields = { stack: `${stack}\n`, content: `${content}\n`, tags: lines(tags), digests: lines(digests) };
    for (const [field, text] of Object.entries(fields)) this.write(`images/${id}/${field}`, text);
  }

  /** The names of each image that is there. */
  get images(): Record<string, string[]> {
    const names = (id: string) => this.read(`images/${id}/tags`) + this.read(`images/${id}/digests`);
    const ids = readdirSync(join(this.folder, "images")).sort();
    return Object.fromEntries(ids.map((id) => [id, names(id).split("\n").filter(Boolean)]));
  }

  /**
   * What asking the container comes to, time after time; the last one for good: "0", "1 WHY", "2 WHY", or what becomes of
   * the container meanwhile: "ends STATUS", "oom" or "gone".
   */
  answers(name: string, ...answers: readonly string[]): void {
    this.write(`answers/${name}`, `${answers.join("\n")}\n`);
  }

  /** Nginx's process that ends once requests and connections of before a reload have. */
  oldWorker(): void {
    mkdirSync(join(this.folder, "proc/17"));
    this.write("proc/17/cmdline", "nginx: worker process is shutting down\0");
  }

  /** A clock that goes on by so many seconds whenever somebody looks at it, and no kernel that counts, as on macOS. */
  clock(seconds: number): void {
    const script = readFileSync(this.script, "utf8");
    writeFileSync(this.script, script.replaceAll("/proc/uptime", join(this.folder, "uptime")));
    rmSync(join(this.folder, "bin/date"));
    this.write("clock", "0\n");
    this.program("bin/date", `read -r now <"$STATE/clock"; echo $((now + ${seconds})) >"$STATE/clock"; echo "$now"`);
  }

  field(name: string, field: string): string | undefined {
    return this.has(`containers/${name}`) ? this.read(`containers/${name}/${field}`).trim() : undefined;
  }

  /** The files of the generation that Nginx was told to serve by reload number `reload`, the first being 1. */
  generation(reload: number): Record<string, string> {
    const folder = join(this.folder, "hups", `${reload}`);
    return Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]));
  }

  get reloads(): number {
    return readdirSync(join(this.folder, "hups")).length;
  }

  /** NAME CONTAINER of everything that requests go to. */
  get serving(): string[] {
    const text = this.has("etc/slipway/live/serving") ? this.read("etc/slipway/live/serving") : "";
    return text.split("\n").filter(Boolean);
  }

  /** What is left in the folder for temporary files. */
  get temporary(): string[] {
    return readdirSync(join(this.folder, "tmp"));
  }

  get answered(): string {
    return this.has("answered") ? this.read("answered") : "";
  }

  /** Releases services, each by its container. */
  release(id: string, containers: Readonly<Record<string, string>>, options: ReleaseOptions = {}): ReleaseRun {
    this.write("sites.conf", options.sites ?? `# sites of ${id}\n`);
    this.write("bare.conf", "# bare\n");
    const names = Object.keys(containers);
    this.write("internal.conf", names.map((name) => `#: ${name}\n# listener of ${name}\n`).join(""));
    this.write("calls", "");
    const { patience = 0, drain = 0, kind = "http", target = "/", port = "5000" } = options;
    const line = (name: string) =>
      [
        name,
        `spec-${containers[name]}`,
        port,
        kind,
        target,
        "2xx",
        "-",
        3,
        patience,
        ...(options.alone ? ["stop-first"] : []),
      ].join("\t");
    const { status, stdout, stderr } = spawnSync(options.shell ?? "/bin/sh", [this.script], {
      encoding: "utf8",
      timeout: 30_000,
      env: {
        PATH: join(this.folder, "bin"),
        TMPDIR: join(this.folder, "tmp"),
        STATE: this.folder,
        HOME: join(this.folder, "home"),
        SLIPWAY_PAUSE: "0",
        SLIPWAY_HOST: "stack/host",
        SLIPWAY_RELEASE: id,
        SLIPWAY_NGINX: "nginx",
        SLIPWAY_DRAIN: `${drain}`,
        SLIPWAY_SERVICES: names.map((name) => `${line(name)}\n`).join(""),
        SLIPWAY_CONTAINERS: names.map((name) => `${name} ${containers[name]}\n`).join(""),
        SLIPWAY_LIMITS: names.map((name) => `${containers[name]} ${options.pids ?? 512}\n`).join(""),
        SLIPWAY_SITES: join(this.folder, "sites.conf"),
        SLIPWAY_BARE: join(this.folder, "bare.conf"),
        SLIPWAY_INTERNAL: join(this.folder, "internal.conf"),
        ...options.environment,
      },
    });
    return { status, output: stdout + stderr, calls: this.read("calls").split("\n").filter(Boolean) };
  }

  private program(path: string, text: string): void {
    this.write(path, `#!/bin/sh\n${text}\n`);
    chmodSync(join(this.folder, path), 0o755);
  }

  /** Lets the release find a program beside the {@link COMMANDS}. */
  installs(name: string): void {
    this.link("bin", name);
  }

  private link(folder: string, name: string, program = found(name)): void {
    symlinkSync(program, join(this.folder, folder, name));
  }
}

const programs = new Map<string, string>();

/** Where this machine has a program; nothing where it has not. */
export function found(name: string): string {
  const known = programs.get(name) ?? spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
  programs.set(name, known);
  return known;
}

export interface ReleaseOptions {
  readonly patience?: number;
  readonly drain?: number;
  readonly kind?: string;
  readonly target?: string;
  /** "-" for none. @default "5000" */
  readonly port?: string;
  readonly shell?: string;
  /** Whether one container of each service at a time may run. @default false */
  readonly alone?: boolean;
  /** How many processes each container may have. @default 512 */
  readonly pids?: number;
  /** Nginx's text. @default - one that names the release */
  readonly sites?: string;
  /** What the deployer has exported beside it. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What Nginx answers; BusyBox's wget of 1.35 falls over its -T. */
const ASKS = `case "\${0##*/} $*" in wget*" -T"*) kill -SEGV $$ ;; esac
test -s "$STATE/answered" && cat "$STATE/answered"`;

/** What it tests, and why it refuses that: the words of "refuses", or a directive that an "older" one does not know. */
const NGINX = `cat "$4" >"$STATE/tested"
kept=$STATE/tmp/keepalive/keepalive.conf
if [ -e "$STATE/older" ] && [ -e "$kept" ]; then
  echo "nginx: [emerg] unknown directive \\"keepalive_min_timeout\\" in $kept:1" >&2
  exit 1
fi
[ ! -e "$STATE/refuses" ] || { cat "$STATE/refuses" >&2; exit 1; }`;

/** Nginx reads what is linked; it answers as the constant in it says. */
const HUP = `echo reload >>"$STATE/calls"
[ ! -e "$STATE/deaf" ] || exit 0
number=1
while [ -e "$STATE/hups/$number" ]; do number=$((number + 1)); done
mkdir "$STATE/hups/$number"
rm -f "$STATE/answered"
[ -e "$STATE/etc/slipway/live" ] || exit 0
cp "$STATE/etc/slipway/live/"* "$STATE/hups/$number/"
sed -n 's/.*default "\\(.*\\)";/\\1/p' "$STATE/etc/slipway/live/release.conf" >"$STATE/answered"`;

const DOCKER = `note() { echo "$*" >>"$STATE/calls"; }
field() { cat "$STATE/containers/$2/$1"; }
set_field() { echo "$3" >"$STATE/containers/$2/$1"; }
known() { [ -d "$STATE/containers/$1" ] || { echo "Error: No such container: $1" >&2; exit 1; }; }
[ ! -e "$STATE/unreachable" ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; }
last() { for word in "$@"; do :; done; printf %s "$word"; }
name=$(last "$@")
case $1 in
  version) ;;
  inspect)
    if [ "$5" = '{{.Image}}' ]; then
      shift 5
      for each in "$@"; do [ ! -d "$STATE/containers/$each" ] || field image "$each"; done
      exit 0
    fi
    known "$name"
    case $5 in
      *dev.slipway.stack*) echo stack ;;
      '{{.State.Status}}') field status "$name" ;;
      *PidsLimit*) field pids "$name" ;;
      *RestartPolicy*) field policy "$name" ;;
      *RestartCount*) echo "$(field status "$name") $(field restarts "$name")" ;;
      *OOMKilled*) echo "$(field status "$name") $(field code "$name") $(field oom "$name")" ;;
      *dev.slipway.construct*) field of "$name" ;;
      *StartedAt*) echo "$(field status "$name") 2026-01-02T03:04:05Z" ;;
      *FinishedAt*) echo 2026-01-02T03:04:05Z ;;
      *Networks*)
        note "inspect networks $name"
        [ "$(grep -c "inspect networks" "$STATE/calls")" -lt 5 ] || { : >"$STATE/proc/net/tcp"; rm -rf "$STATE/proc/"[0-9]*; }
        echo "$(field address "$name") " ;;
    esac ;;
  update)
    note "$@"
    known "$name"
    [ ! -e "$STATE/ending" ] || { rm "$STATE/ending"; echo "cannot update a stopped container" >&2; exit 1; }
    case $2 in --pids-limit) set_field pids "$name" "$3" ;; *) set_field policy "$name" "$3" ;; esac
    echo "$name" ;;
  image)
    case $2 in
      inspect)
        image=$STATE/images/$name
        [ -d "$image" ] || { echo "Error: No such image: $name" >&2; exit 1; }
        cat "$image/stack" "$image/content" "$image/tags" "$image/digests"
        echo ;;
      rm)
        note "$@"
        [ ! -e "$STATE/image-stays" ] || { cat "$STATE/image-stays" >&2; exit 1; }
        image=$STATE/images/$name
        [ -d "$image" ] || for image in "$STATE"/images/* none; do grep -qxsF "$name" "$image/tags" "$image/digests" && break; done
        [ "$image" != none ] || { echo "Error response from daemon: no such image: $name" >&2; exit 1; }
        for names in tags digests; do
          grep -vxF "$name" "$image/$names" >"$STATE/names"
          cat "$STATE/names" >"$image/$names"
        done
        # the last tag of a graph driver's image takes the digests with it
        [ -e "$STATE/containerd" ] || [ -s "$image/tags" ] || : >"$image/digests"
        [ -s "$image/tags" ] || [ -s "$image/digests" ] || rm -rf "$image" ;;
    esac ;;
  ps)
    [ ! -e "$STATE/no-ps" ] || exit 1
    for each in "$STATE"/containers/*; do
      name=\${each##*/}
      case "$2 $3" in
        "--all --quiet") echo "$name"; continue ;;
        "--all --filter") echo "$name $(field of "$name")"; continue ;;
      esac
      [ "label=dev.slipway.construct=$(field of "$name") $(field status "$name")" != "$3 running" ] || echo "$name"
    done ;;
  stop)
    note "$@"; known "$name"
    [ "$(field status "$name")" = created ] || set_field status "$name" exited; echo "$name" ;;
  start)
    note "$@"
    known "$name"
    [ ! -e "$STATE/no-start" ] || { echo "OCI runtime create failed" >&2; exit 1; }
    set_field status "$name" running
    set_field restarts "$name" 0 ;;
  rm) note "$@"; known "$name"; rm -rf "$STATE/containers/$name" ;;
  logs) note "$@"; known "$name"; cat "$STATE/containers/$name/log" >&2 ;;
  exec)
    answer() {
      [ -s "$STATE/answers/$1" ] || exit 0
      name=$1
      read -r code why <"$STATE/answers/$name"
      grep -c . "$STATE/answers/$name" | grep -qx 1 || sed -i 1d "$STATE/answers/$name"
      case $code in
        ends) set_field status "$name" exited; set_field code "$name" "$why"; code=1 why="no answer" ;;
        oom) set_field status "$name" exited; set_field oom "$name" true; code=1 ;;
        gone) rm -rf "$STATE/containers/$name"; code=1 ;;
      esac
      [ -z "$why" ] || echo "$why"
      exit "$code"
    }
    [ "$2" != --env ] || { shift 3; note "exec $*"; answer "$1"; }
    shift 3
    [ ! -e "$STATE/nginx-lost" ] || exit 137
    [ "$(field status nginx)" = running ] || { echo "Container nginx is restarting" >&2; exit 1; }
    export PATH="$STATE/inside"
    if [ "$2" = -s ]; then
      name=\${4%%:*}
      shift 3
      note "ask $*"
      answer "$name"
    fi
    move() { sed "s#/tmp/#$STATE/tmp/#g; s#/etc/nginx#$STATE/etc#g; s#/proc/#$STATE/proc/#g; s#kill -HUP 1#hup#"; }
    shift 4
    move | sh -es -- "$STATE/etc/slipway" "$@" ;;
esac`;
