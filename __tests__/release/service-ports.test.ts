import { ServicePorts } from "../../src/release/service-ports.ts";

test("are the same for a name on every host, whatever its neighbours are", () => {
  const alone = new ServicePorts();
  const beside = new ServicePorts();
  beside.claim("frontend");
  expect(alone.claim("catalog")).toEqual({ slots: [21538, 21539], direct: 29769, internal: 30769, front: 31769 });
  expect(beside.claim("catalog")).toEqual({ slots: [21538, 21539], direct: 29769, internal: 30769, front: 31769 });
});

test("never overlap and stay in their ranges until a host is full", () => {
  const ports = new ServicePorts();
  const claims = Array.from({ length: 1000 }, (_, at) => ports.claim(`s${at}`));
  const slots = claims.flatMap((claim) => claim.slots);
  const internal = claims.map((claim) => claim.internal);
  const front = claims.map((claim) => claim.front);
  expect(new Set(slots).size).toBe(2000);
  expect(new Set(internal).size).toBe(1000);
  expect(new Set(front).size).toBe(1000);
  expect([Math.min(...slots), Math.max(...slots)]).toEqual([20000, 21999]);
  expect([Math.min(...internal), Math.max(...internal)]).toEqual([30000, 30999]);
  expect([Math.min(...front), Math.max(...front)]).toEqual([31000, 31999]);
  expect(() => ports.claim("one-more")).toThrow("host has no port left");
});

test.each([
  ["twice", ["web", "web"], "service name must be declared once"],
  ["in upper case", ["Web"], "service name"],
  ["empty", [""], "service name"],
])("refuse a name that is %s", (_, names, message) => {
  const ports = new ServicePorts();
  expect(() => {
    for (const name of names) ports.claim(name);
  }).toThrow(message);
});
