import { refusals } from "./authorization/policy.ts";
import { actionsOf } from "./deployer-policy.ts";
import { readUserData } from "./doubles/instance-facts.ts";
import { type Check, checkHost } from "./host-checks.ts";
import type { StandIn } from "./machine/stand-in.ts";
import { searchBytes, searchFiles } from "./secret-search.ts";
import { visit } from "./site-visit.ts";
import type { Stage } from "./stage.ts";

const ANOTHER_NAME = "another-name.invalid";

/** What is looked at once a stack serves. */
export interface Looked {
  readonly stage: Stage;
  /** The one that runs services. */
  readonly machine: StandIn;
  /** Where its site is. */
  readonly address: string;
  /** The TCP ports that may be open to everyone. */
  readonly ports: readonly number[];
  /** The version of the machine's engine. @default - not looked at */
  readonly engine?: string;
  /** Folders and files that were made of the stack, to be searched for secrets. */
  readonly made: readonly string[];
  /** The state as Terraform shows it. */
  readonly state: string;
}

/** Looks at the host, at what is open, at what it was allowed, and for secrets where none may be. */
export async function checkAccount(looked: Looked): Promise<Check[]> {
  const { stage, machine, address, engine, made, state } = looked;
  const { account } = stage;
  const { moto, instances } = account;
  const checks: Check[] = [];
  const add = (what: string, ok: boolean, seen: string): void => void checks.push({ what, ok, seen });
  const keys = instances.subjectOf(machine.instanceId)?.credentials;
  const secretKeys = keys ? [keys.secretAccessKey, keys.sessionToken ?? ""].filter(Boolean) : [];
  checks.push(...(await checkHost(machine, account.logins.passwordsOf(machine.instanceId), secretKeys)));
  if (engine) {
    const format = "{{.Server.Version}} with API {{.Server.MinAPIVersion}} to {{.Server.APIVersion}}";
    const { stdout } = await machine.exec("docker", "version", "-f", format);
    add(`the host's engine is ${engine}`, stdout.startsWith(`${engine} `), stdout.trim());
  }
  const other = await visit(address, ANOTHER_NAME);
  add("another Host gets nothing", "nothing" in other, "nothing" in other ? other.nothing : `status ${other.status}`);
  const open = [...new Set(account.addresses.ports)].sort((a, b) => a - b);
  add("only the declared ports are open", `${open}` === `${looked.ports}`, open.join(", ") || "none");

  const memory = stage.room.memoryOf(machine.instanceId);
  add("no process was killed for memory", memory?.oomKills === 0, `${memory?.oomKills} kills`);

  const pulls = account.registry.pulls.filter(({ by }) => by === machine.instanceId);
  const byDigest = pulls.length > 0 && pulls.every(({ reference }) => reference.startsWith("sha256:"));
  const pulled = pulls.map(({ repository, reference }) => `${repository}@${reference}`).join(" ");
  add("the host pulls by digest", byDigest, pulled);

  const role = instances.subjectOf(machine.instanceId)?.facts.role;
  const asks = account.asksOf(machine.instanceId);
  const denied = refusals(role === undefined ? [] : await account.policies.statements(role), asks);
  add(
    "the host's role allows all that it does",
    denied.length === 0,
    denied.join("; ") || `${actionsOf(asks).length} actions by ${asks.length} questions`,
  );

  const userData = (await readUserData(moto, machine.instanceId)) ?? Buffer.alloc(0);
  const leaks = [
    ...searchFiles(made, account.secrets),
    ...searchBytes("the state", Buffer.from(state), account.secrets),
    ...searchBytes("the user data", userData, account.secrets),
  ];
  add(
    "no secret is in what was synthesized, in the state or in the user data",
    leaks.length === 0,
    leaks.map(({ where, secret }) => `secret ${secret} in ${where}`).join("; ") ||
      `${account.secrets.length} searched for`,
  );
  add("the API was followed", instances.failures.length === 0, instances.failures.join("; ") || "without failures");
  return checks;
}
