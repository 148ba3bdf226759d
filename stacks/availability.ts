/**
 * The course's availability agent on the local engine: it asks hosts every 5 seconds and writes to InfluxDB 1.8; Grafana
 * shows it, with data source and dashboard from an image of ours.
 *
 * Shows accessories: images of others, pinned, with health, volume and secrets, which are never rolled with the
 * application. InfluxDB makes its database and users at its first start, by what is declared here; its data is a volume,
 * so that it is rolled stop-first, and the agent keeps meanwhile what it could not write.
 * Secrets: one file each in ~/.config/slipway/availability, or in the folder that SLIPWAY_SECRETS_DIR names:
 *   mkdir -p -m 700 ~/.config/slipway/availability && cd ~/.config/slipway/availability
 *   for name in influxdb-admin influxdb-agent influxdb-grafana grafana-admin; do openssl rand -hex 16 > $name; done
 * Run: npm run up -- availability     then: http://grafana.localhost:8890/ as admin
 * Also: SLIPWAY_TARGETS="https://a.example/ https://b.example/", SLIPWAY_WITHOUT_GRAFANA=1
 * Run here with Debian's InfluxDB 1.6 in place of 1.8. Grafana could not be had and was not run: its files were read only.
 */
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import {
  BuiltImage,
  HealthCheck,
  type IService,
  LocalHost,
  Mount,
  PulledImage,
  Secret,
  SelfHostedRegistry,
  useLocalBackend,
} from "../src/index.ts";

const DATABASE = "availability";
const INFLUXDB_PASSWORDS = ["INFLUXDB_ADMIN_PASSWORD", "INFLUXDB_WRITE_USER_PASSWORD", "INFLUXDB_READ_USER_PASSWORD"];
/** The image reads passwords from variables alone, which would stand in Terraform's state; a secret is a file. */
const START_INFLUXDB = [
  ...INFLUXDB_PASSWORDS.map((name) => `${name}=$(cat /run/secrets/${name}) && export ${name}`),
  "exec /entrypoint.sh influxd",
].join(" && ");

export class AvailabilityStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    useLocalBackend(this);

    const folder = process.env.SLIPWAY_SECRETS_DIR ?? "~/.config/slipway/availability";
    const secret = (name: string) => Secret.fromFile(`${folder}/${name}`);
    const registry = new SelfHostedRegistry(this, "registry", { port: 5004 });
    const host = new LocalHost(this, "host", { port: 8890 });

    const influxdb = host.run("influxdb", {
      image: new PulledImage(this, "influxdb-image", { image: "influxdb:1.8.10" }),
      port: 8086,
      command: ["sh", "-c", START_INFLUXDB],
      env: {
        INFLUXDB_DB: DATABASE,
        INFLUXDB_HTTP_AUTH_ENABLED: "true",
        INFLUXDB_REPORTING_DISABLED: "true",
        INFLUXDB_ADMIN_USER: "admin",
        INFLUXDB_WRITE_USER: "agent",
        INFLUXDB_READ_USER: "grafana",
      },
      secrets: {
        INFLUXDB_ADMIN_PASSWORD: secret("influxdb-admin"),
        INFLUXDB_WRITE_USER_PASSWORD: secret("influxdb-agent"),
        INFLUXDB_READ_USER_PASSWORD: secret("influxdb-grafana"),
      },
      health: HealthCheck.http("/ping", { expectStatus: 204, startPeriod: 60 }),
      mounts: { "/var/lib/influxdb": Mount.volume("influxdb") },
    });

    host.run("agent", {
      image: new BuiltImage(this, "agent-image", {
        context: "stacks/apps/availability-agent",
        repository: registry.repository("availability-agent"),
        version: "1.0.0",
      }),
      port: 9115,
      env: {
        TARGETS: process.env.SLIPWAY_TARGETS ?? "https://www.python.org/ https://nginx.org/ https://www.docker.com/",
        INTERVAL_SECONDS: "5",
        INFLUXDB_URL: influxdb.url,
        INFLUXDB_DATABASE: DATABASE,
        INFLUXDB_USER: "agent",
      },
      secrets: { INFLUXDB_PASSWORD: secret("influxdb-agent") },
      health: HealthCheck.http("/metrics"),
      memoryMiB: 64,
    });

    if (process.env.SLIPWAY_WITHOUT_GRAFANA) return;
    const grafana = host.run("grafana", this.grafana(registry, influxdb, secret));
    const site = host.serve("grafana.localhost", { "/": { to: grafana, idleTimeoutSeconds: 3600 } });
    new TerraformOutput(this, "url", { value: host.urlOf(site) });
  }

  private grafana(registry: SelfHostedRegistry, influxdb: IService, secret: (name: string) => Secret) {
    return {
      image: new BuiltImage(this, "grafana-image", {
        context: "stacks/apps/grafana",
        repository: registry.repository("grafana"),
        version: "1.0.0",
      }),
      port: 3000,
      env: {
        INFLUXDB_URL: influxdb.url,
        INFLUXDB_DATABASE: DATABASE,
        INFLUXDB_USER: "grafana",
        GF_SECURITY_ADMIN_PASSWORD__FILE: "/run/secrets/GRAFANA_ADMIN_PASSWORD",
        GF_ANALYTICS_REPORTING_ENABLED: "false",
        GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: "/etc/grafana/dashboards/availability.json",
      },
      secrets: { INFLUXDB_PASSWORD: secret("influxdb-grafana"), GRAFANA_ADMIN_PASSWORD: secret("grafana-admin") },
      health: HealthCheck.http("/api/health", { startPeriod: 60 }),
      mounts: { "/var/lib/grafana": Mount.volume("grafana") },
    };
  }
}
