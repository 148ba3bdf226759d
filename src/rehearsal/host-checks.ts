import type { StandIn } from "./machine/stand-in.ts";
import { runProgram } from "./program.ts";

/** Something that was looked at, and whether it was as it should be. */
export interface Check {
  readonly what: string;
  readonly ok: boolean;
  /** What was seen. */
  readonly seen: string;
}

/** Where programs on a host keep things; layers of images are no place for a login. */
const PLACES = ["/root", "/home", "/etc", "/var", "/run", "/tmp", "/opt", "/srv", "/usr/local"];
const NOT_SEARCHED = ["/var/lib/docker", "/var/lib/containerd"];
/** cloud-init itself keeps the metadata that it was given, the role's keys among them, and on AWS too. */
const CLOUD_INIT = ["obj.pkl", "instance-data-sensitive.json"];

/** Looks into a stand-in that has booted: at everything at once, when cloud-init is done. */
export async function checkHost(
  machine: StandIn,
  passwords: readonly string[],
  keys: readonly string[],
): Promise<Check[]> {
  const status = await machine.exec("cloud-init", "status", "--wait", "--long");
  const [failed, schema, metadata, ...searches] = await Promise.all([
    machine.exec("systemctl", "--failed", "--plain", "--no-legend"),
    machine.exec("cloud-init", "schema", "--system"),
    metadataFromContainer(machine),
    searched(machine, "no registry login is on the host's disk", passwords, []),
    searched(machine, "no key of the host's role is on its disk but in cloud-init's own files", keys, CLOUD_INIT),
  ]);
  return [
    { what: "cloud-init is done", ok: /^status: done$/m.test(status.stdout), seen: oneLine(status.stdout) },
    {
      what: "no unit has failed",
      ok: failed.code === 0 && failed.stdout.trim() === "",
      seen: oneLine(failed.stdout) || "none",
    },
    {
      what: "cloud-init's own schema accepts the user data",
      ok: schema.code === 0 && /valid/i.test(schema.stdout),
      seen: oneLine(schema.stdout + schema.stderr),
    },
    {
      what: "a container of the host gets no metadata token",
      ok: metadata !== undefined && metadata !== 0,
      seen: metadata === undefined ? "no container to try it from" : `status ${metadata}`,
    },
    ...searches,
  ];
}

/** Tries the metadata service from the network of a container that runs there. @returns curl's status */
async function metadataFromContainer(machine: StandIn): Promise<number | undefined> {
  const ids = await machine.exec("docker", "ps", "-q");
  const id = ids.stdout.split("\n")[0]?.trim();
  if (!id) return undefined;
  const state = await machine.exec("docker", "inspect", "-f", "{{.State.Pid}}", id);
  const header = "X-aws-ec2-metadata-token-ttl-seconds: 60";
  const { code } = await machine.exec(
    ...["nsenter", "-t", state.stdout.trim(), "-n", "curl", "-s", "-m", "3", "-X", "PUT", "-H", header],
    "http://169.254.169.254/latest/api/token",
  );
  return code;
}

/** Looks for secrets in every file of the host; the patterns themselves are kept in shared memory meanwhile. */
async function searched(
  machine: StandIn,
  what: string,
  secrets: readonly string[],
  except: readonly string[],
): Promise<Check> {
  const pruned = [...NOT_SEARCHED.map((path) => `-path ${path}`), ...except.map((name) => `-name ${name}`)].join(
    " -o ",
  );
  const script = `umask 077; patterns=$(mktemp -p /dev/shm); cat > "$patterns"
find ${PLACES.join(" ")} \\( ${pruned} \\) -prune -o -type f -print0 | xargs -0 grep -lsF -f "$patterns"
rm "$patterns"`;
  const { stdout, stderr } = await runProgram("docker", ["exec", "-i", machine.container, "sh", "-c", script], {
    input: secrets.join("\n"),
  });
  const found = stdout.split("\n").filter(Boolean);
  const problem = stderr.trim();
  return {
    what,
    ok: secrets.length > 0 && found.length === 0 && problem === "",
    seen: problem || (found.length > 0 ? found.join(" ") : `${secrets.length} searched for`),
  };
}

function oneLine(text: string): string {
  return text
    .trim()
    .replace(/\s*\n\s*/g, "; ")
    .slice(0, 300);
}
