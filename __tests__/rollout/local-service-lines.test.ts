import fc from "fast-check";
import { serviceLines } from "../../src/rollout/service-lines.ts";
import { HealthCheck } from "../../src/values/health-check.ts";

const NUMBER = fc.integer({ min: 1, max: 3600 });

test.each([
  [HealthCheck.tcp(), "tcp\t-\t-\t-\t3\t45"],
  [HealthCheck.http("/status"), "http\t/status\t2xx\t-\t3\t45"],
  [
    HealthCheck.http("/a?b=c", { expectStatus: 204, timeout: 1, startPeriod: 0, retries: 2, interval: 7 }),
    "http\t/a?b=c\t204\t-\t1\t14",
  ],
  [HealthCheck.command(["pg_isready", "-U", "it's $x", ""]), "command\tpg_isready -U 'it'\\''s $x' ''\t-\t-\t3\t45"],
  [HealthCheck.running(10), "running\t10\t-\t-\t3\t15"],
])("what a check asks stands in its own columns: %j", (health, words) => {
  expect(serviceLines([{ name: "app", spec: "0123456789abcdef", port: 80, health }])).toBe(
    `app\t0123456789abcdef\t80\t${words}\n`,
  );
});

test("the name that the check asks for is its own column", () => {
  const line = { name: "app", spec: "s", port: 80, health: HealthCheck.http("/", { host: "shop.example.com" }) };
  expect(serviceLines([line]).split("\t")[6]).toBe("shop.example.com");
});

test("a worker has no port", () => {
  const line = { name: "app", spec: "s", health: HealthCheck.running(60) };
  expect(serviceLines([line])).toBe("app\ts\t-\trunning\t60\t-\t-\t3\t65\n");
});

test("nine columns each, none of them empty: the shell's read would join what lies about an empty one", () => {
  const checks = fc.record({ interval: NUMBER, timeout: NUMBER, retries: NUMBER, startPeriod: NUMBER });
  fc.assert(
    fc.property(fc.array(checks), (all) => {
      const services = all.map((each, index) => ({
        name: `s${index}`,
        spec: "x",
        port: 1,
        health: HealthCheck.tcp(each),
      }));
      const lines = serviceLines(services).split("\n").slice(0, -1);
      expect(lines).toHaveLength(all.length);
      for (const line of lines) expect(line).toMatch(/^[^\t]+(?:\t[^\t]+){8}$/);
    }),
  );
});
