/** What a service of a host does. */
export interface ServiceStatus {
  readonly name: string;
  readonly healthy: boolean;
  readonly problem: string | null;
  readonly container: string | null;
  readonly image: string;
  /** As the engine says it, e.g. `running`; `gone` where there is no container. */
  readonly state: string;
  readonly since: string | null;
  readonly restarts: number | null;
  /** As `docker stats` says it. */
  readonly memory: string | null;
}

/** What `slipway status --json` prints; docs/operating.md says what each key means. New keys may come. */
export interface StatusReport {
  readonly schema: 1;
  readonly host: string;
  readonly healthy: boolean;
  readonly serving: { readonly version: number | null; readonly release: string; readonly since: string | null } | null;
  readonly services: readonly ServiceStatus[];
  readonly certificates: readonly { readonly name: string; readonly said: string }[];
  readonly maintenance: readonly { readonly site: string; readonly since: string }[];
  readonly notes: readonly string[];
  readonly failures: readonly {
    readonly version: number;
    readonly release: string;
    readonly at: string;
    readonly reason: string;
  }[];
  readonly held: { readonly version: number; readonly since: string } | null;
  readonly last: { readonly version: number; readonly at: string; readonly outcome: string } | null;
  readonly log: readonly string[];
  readonly memory?: { readonly availableMiB: number; readonly swapMiB: number; readonly swapFreeMiB: number };
  readonly disk?: { readonly usedPercent: number; readonly freeMiB: number };
}

const ID_DIGITS = 12;

/** The report for people, a line each. */
export function statusLines(report: StatusReport): string[] {
  const { serving, services, certificates, maintenance, notes, memory, disk, failures, held, last, log } = report;
  const width = Math.max(0, ...[...services, ...certificates].map(({ name }) => name.length));
  return [
    serving
      ? `${report.host} serves ${serving.version === null ? "" : `version ${serving.version}, `}release ${serving.release.slice(0, ID_DIGITS)}${serving.since ? ` since ${serving.since}` : ""}`
      : `${report.host} serves nothing`,
    ...services.map((service) => `  ${service.name.padEnd(width)}  ${serviceText(service)}`),
    ...certificates.map(({ name, said }) => `  ${name.padEnd(width)}  certificate ${said}`),
    ...maintenance.map(({ site, since }) => `${site} is in maintenance since ${since}`),
    ...notes,
    ...(memory
      ? [`memory: ${memory.availableMiB} MiB available, ${memory.swapFreeMiB} of ${memory.swapMiB} MiB swap free`]
      : []),
    ...(disk ? [`disk: ${disk.usedPercent} % full, ${disk.freeMiB} MiB free`] : []),
    ...(last ? [`last release: version ${last.version} at ${last.at}: ${last.outcome}`] : []),
    ...failures.map(({ version, at, reason }) => `failed: version ${version} at ${at}: ${reason}`),
    ...(held
      ? [
          `HELD since ${held.since}: version ${held.version} is left alone after a rollback; other content, or slipway up --retry, ends it`,
        ]
      : []),
    ...(report.healthy ? [] : log.map((line) => `  | ${line}`)),
  ];
}

function serviceText({ healthy, problem, image, state, since, restarts, memory }: ServiceStatus): string {
  const digest = /(?:^|@)sha256:([0-9a-f]{12})/.exec(image)?.[1] ?? image;
  return [
    healthy ? "healthy" : `NOT HEALTHY${problem ? ` (${problem})` : ""}`,
    digest,
    since ? `${state} since ${since.replace(/\.\d+(?=Z$)/, "")}` : state,
    ...(restarts ? [`restarted ${restarts} times`] : []),
    ...(memory ? [memory] : []),
  ].join(", ");
}
