import { setTimeout as sleep } from "node:timers/promises";
import type { SecuredName } from "./acme-sources.ts";
import type { Check } from "./host-checks.ts";
import { type SiteAnswer, type Visit, type VisitOptions, visit } from "./site-visit.ts";

/** The names that are served by TLS, and who must have signed their certificates. */
export interface SecuredSites {
  readonly names: readonly SecuredName[];
  /** The authority of the played ACME server, in PEM. */
  readonly ca: string;
  /** Where visitors of a name go. */
  readonly addressOf: (name: string) => Promise<string | undefined>;
  /** How long the last certificate is waited for. @default 60,000 */
  readonly timeoutMs?: number;
  /** @default visit */
  readonly ask?: typeof visit;
}

const TIMEOUT_MS = 60_000;
const POLL_MS = 250;
const UNKNOWN_NAME = "another-name.invalid";

/** How a name is visited, whoever must be somebody to be let in. */
export function visitorOf(names: readonly SecuredName[], name: string, ca: string | undefined): VisitOptions {
  const secured = names.find((each) => each.name === name);
  return secured === undefined || ca === undefined ? {} : { ca, user: secured.user };
}

/** Looks at each name by TLS and by HTTP: its certificate, where HTTP leads, what browsers are told, who is let in. */
export async function checkSecured(sites: SecuredSites): Promise<Check[]> {
  const { names, ca, addressOf, timeoutMs = TIMEOUT_MS, ask = visit } = sites;
  const deadline = Date.now() + timeoutMs;
  const checks: Check[] = [];
  for (const secured of names) {
    const { name, path, user, hsts } = secured;
    const by = async (how: VisitOptions): Promise<Visit> => {
      const address = await addressOf(name);
      return address === undefined ? { nothing: "no address" } : await ask(address, name, path, how);
    };
    const answer = await awaitAnswer(() => by({ ca, user }), deadline);
    checks.push(certificateCheck(name, answer));
    if (!isAnswer(answer)) continue;
    checks.push(redirectCheck(secured, await by({})));
    if (hsts) checks.push(hstsCheck(name, answer));
    if (user !== undefined) checks.push(loginCheck(name, await by({ ca })));
  }
  const [first] = names;
  const address = first && (await addressOf(first.name));
  if (address !== undefined) checks.push(unknownNameCheck(await ask(address, UNKNOWN_NAME, "/", { ca })));
  return checks;
}

async function awaitAnswer(ask: () => Promise<Visit>, deadline: number): Promise<Visit> {
  for (;;) {
    const got = await ask();
    if (isAnswer(got) || Date.now() >= deadline) return got;
    await sleep(POLL_MS);
  }
}

function isAnswer(got: Visit): got is SiteAnswer {
  return "status" in got;
}

function certificateCheck(name: string, got: Visit): Check {
  const what = `https://${name} answers with a certificate of the ACME server`;
  if (!isAnswer(got)) return { what, ok: false, seen: got.nothing };
  const { issuer, valid_to: end } = got.certificate ?? {};
  return { what, ok: got.status < 500, seen: `status ${got.status}, issued by ${issuer?.CN}, until ${end}` };
}

function redirectCheck({ name, path }: SecuredName, got: Visit): Check {
  const what = `http://${name} sends its visitors to https`;
  if (!isAnswer(got)) return { what, ok: false, seen: got.nothing };
  const { status, headers } = got;
  const ok = status === 308 && headers.location === `https://${name}${path}`;
  return { what, ok, seen: `status ${status}, location ${headers.location ?? "none"}` };
}

function hstsCheck(name: string, { headers }: SiteAnswer): Check {
  const told = headers["strict-transport-security"];
  const seen = told ?? "no Strict-Transport-Security";
  return { what: `${name} tells browsers to come by https alone`, ok: told !== undefined, seen };
}

function loginCheck(name: string, got: Visit): Check {
  const seen = isAnswer(got) ? `status ${got.status}` : got.nothing;
  return { what: `${name} lets nobody in without a password`, ok: isAnswer(got) && got.status === 401, seen };
}

function unknownNameCheck(got: Visit): Check {
  const ok = "nothing" in got;
  return {
    what: "a name without a certificate gets no handshake",
    ok,
    seen: ok ? got.nothing : `status ${got.status}`,
  };
}
