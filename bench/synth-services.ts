/**
 * How long a synth of many services takes beside a plain CDKTF program that declares the same resources by hand, as
 * whole processes in turn: `node --import tsx bench/synth-services.ts`. Prints a table of medians of pairs.
 */
import { compare, installedProgram, type Program } from "./cold-synth.ts";

const ROUNDS = Number(process.env.SLIPWAY_BENCH_ROUNDS ?? 5);

const program = (name: string, services: number, hosts: number): Program => ({
  name,
  file: installedProgram(`${name}.ts`),
  env: { SLIPWAY_BENCH_SERVICES: `${services}`, SLIPWAY_BENCH_HOSTS: `${hosts}` },
});
const cases = [
  { what: "1,000 plain containers", name: "containers", services: 1000, hosts: 0 },
  { what: "1,000 services on 20 hosts", name: "services", services: 1000, hosts: 20 },
  { what: "2,000 services on 40 hosts", name: "services", services: 2000, hosts: 40 },
  { what: "500 services on a fleet of 50 nanos", name: "fleet", services: 500, hosts: 50 },
  { what: "1,000 services on a fleet of 100 nanos", name: "fleet", services: 1000, hosts: 100 },
];

console.log("| synth | seconds | by hand | time | MB | by hand | memory |\n|---|---|---|---|---|---|---|");
for (const { what, name, services, hosts } of cases) {
  const ours = program(name, services, hosts);
  const { seconds, megabytes } = compare(
    ours,
    program(name === "fleet" ? "fleet-by-hand" : "services-by-hand", services, hosts),
    ROUNDS,
  );
  console.log(
    `| ${what} | ${seconds.ours.toFixed(2)} | ${seconds.theirs.toFixed(2)} | ${seconds.ratio.toFixed(2)}× | ${megabytes.ours.toFixed(0)} | ${megabytes.theirs.toFixed(0)} | ${megabytes.ratio.toFixed(2)}× |`,
  );
}
