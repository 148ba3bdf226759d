import { X509Certificate } from "node:crypto";
import type { ServiceStatus, StatusReport } from "./status-report.ts";

type Docker = (args: readonly string[]) => Promise<{ readonly code: number; readonly stdout: string }>;

/**
 * The status of a host on the local engine.
 *
 * @param lines what `operate.sh status` prints
 */
export async function localStatus(host: string, lines: string, docker: Docker): Promise<StatusReport> {
  const rows = lines
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split("\t"));
  const of = (kind: string) => rows.filter(([first]) => first === kind).map(([, ...fields]) => fields);
  const services = await Promise.all(of("service").map((fields) => serviceStatus(fields, docker)));
  const [[release = ""] = []] = of("release");
  return {
    schema: 1,
    host,
    healthy: release !== "" && services.every(({ healthy }) => healthy),
    serving: release === "" ? null : { version: null, release, since: null },
    services,
    certificates: of("certificate").map(([file = "", der = ""]) => ({ name: nameOf(file), said: endOf(der) })),
    maintenance: of("maintenance").map(([site = "", since = ""]) => ({ site: nameOf(site), since })),
    notes: [],
    failures: [],
    held: null,
    last: null,
    log: [],
  };
}

/** A site's name by its file: a star is no character of a file's name. */
function nameOf(file: string): string {
  return file.replace(/^_/, "*");
}

/** @param der in base64, nothing where there is no certificate */
function endOf(der: string): string {
  if (der === "") return "LOST: npx slipway up makes another";
  const end = new Date(new X509Certificate(Buffer.from(der, "base64")).validTo);
  const day = end.toISOString().slice(0, 10);
  return end.getTime() < Date.now() ? `ENDED on ${day}: npx slipway up makes another` : `until ${day}`;
}

async function serviceStatus(fields: readonly string[], docker: Docker): Promise<ServiceStatus> {
  const [name = "", container = "", healthy, problem = ""] = fields;
  const format = "{{.State.Status}}\t{{.State.StartedAt}}\t{{.RestartCount}}\t{{.Config.Image}}";
  const inspected = await docker(["container", "inspect", "--format", format, container]);
  const [state = "gone", since, restarts, image = ""] = inspected.code === 0 ? inspected.stdout.trim().split("\t") : [];
  const stats = await docker(["stats", "--no-stream", "--format", "{{.MemUsage}}", container]);
  return {
    name,
    healthy: healthy === "true",
    problem: problem || null,
    container,
    image,
    state,
    since: since ?? null,
    restarts: restarts === undefined ? null : Number(restarts),
    memory: (stats.code === 0 && stats.stdout.trim()) || null,
  };
}
