import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// comes with jest: no test but this one reads YAML
const { load } = require("js-yaml") as { load: (text: string) => unknown };

const FOLDER = join(__dirname, "../../stacks/apps/grafana");
const read = (...path: string[]) => readFileSync(join(FOLDER, ...path), "utf8");
const SETTINGS = ["INFLUXDB_DATABASE", "INFLUXDB_URL", "INFLUXDB_USER"];

interface DataSource {
  readonly uid: string;
  readonly jsonData: Record<string, string>;
  readonly secureJsonData: Record<string, string>;
}
interface Panel {
  readonly id: number;
  readonly datasource: { uid: string };
  readonly gridPos: { x: number; y: number; w: number; h: number };
  readonly targets: { refId: string; rawQuery: boolean; query: string; datasource: { uid: string } }[];
}

const { datasources } = load(read("provisioning/datasources/influxdb.yaml")) as { datasources: DataSource[] };
const [source] = datasources as [DataSource];
const dashboard = JSON.parse(read("dashboards/availability.json")) as { uid: string; panels: Panel[] };

/** Read alone, for no Grafana could be had: what it would refuse or pass over in silence. */
describe("Grafana's provisioning", () => {
  test("has one data source, of keys that Grafana knows", () => {
    expect(datasources).toEqual([
      {
        name: "InfluxDB",
        uid: "influxdb",
        type: "influxdb",
        access: "proxy",
        url: "$INFLUXDB_URL",
        user: "$INFLUXDB_USER",
        isDefault: true,
        editable: false,
        jsonData: { dbName: "$INFLUXDB_DATABASE", httpMode: "POST", timeInterval: "5s" },
        secureJsonData: { password: "$__file{/run/secrets/INFLUXDB_PASSWORD}" },
      },
    ]);
  });

  test("asks the environment for what its README says, and no password", () => {
    const text = read("provisioning/datasources/influxdb.yaml");
    expect([...text.matchAll(/\$([A-Z]\w+)/g)].map(([, name]) => name).sort()).toEqual(SETTINGS);
    const readme = [...read("README.md").matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name);
    expect(readme.sort()).toEqual(SETTINGS);
  });

  test("finds its dashboards where the image has them", () => {
    const { providers } = load(read("provisioning/dashboards/slipway.yaml")) as {
      providers: { options: { path: string } }[];
    };
    const copied = [...read("Dockerfile").matchAll(/^COPY (\S+) (\S+)$/gm)].map(([, from, to]) => `${from} ${to}`);
    expect(copied).toEqual(["provisioning/ /etc/grafana/provisioning/", "dashboards/ /etc/grafana/dashboards/"]);
    expect(providers.map(({ options }) => options.path)).toEqual(["/etc/grafana/dashboards"]);
    expect(readdirSync(join(FOLDER, "dashboards"))).toEqual(["availability.json"]);
  });
});

describe("its dashboard", () => {
  test("has panels that do not lie over each other, 24 columns wide at most", () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...cells.map((cell) => Number(cell.split(",")[0])))).toBeLessThan(24);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  test("asks the provisioned data source for what the agent writes", () => {
    const agent = readFileSync(join(FOLDER, "../availability-agent/agent.py"), "utf8");
    const [, measurement, tag, fields] = /f'(\w+),(\w+)=\{target\} (.*) \{found\.at\}'/.exec(agent) ?? [];
    const known = [measurement, tag, ...(fields ?? "").split(",").map((field) => field.split("=")[0])];
    expect(known).toEqual(["availability", "target", "up", "seconds", "answer"]);
    for (const { datasource, targets } of dashboard.panels) {
      for (const target of targets) {
        expect([datasource.uid, target.datasource.uid, target.rawQuery]).toEqual([source.uid, source.uid, true]);
        const named = [...target.query.matchAll(/"(\w+)"/g)].map(([, name]) => name);
        expect(named.filter((name) => !known.includes(name))).toEqual([]);
        expect(target.query).toMatch(/^SELECT \w+\("(up|seconds)"\) FROM "availability" WHERE \$timeFilter GROUP BY /);
      }
    }
  });
});
