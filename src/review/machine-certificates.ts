import { acmeNames } from "../release/acme-names.ts";
import { CERTIFICATES_A_WEEK, LETS_ENCRYPT } from "../release/lets-encrypt.ts";
import type { Site } from "../release/site.ts";
import { isMachineReplaced, type MachineEffect } from "./machine-change.ts";
import type { ModelHost } from "./model.ts";
import type { Plan } from "./plan.ts";

/** Certificates of ACME servers that lie on a host's machine and nowhere else. */
export interface MachineCertificates {
  /** Sorted. */
  readonly names: readonly string[];
  /** Whether one of them is Let's Encrypt's, which counts how often it is asked. */
  readonly isLetsEncrypt: boolean;
}

/** What becomes of a host, as far as its certificates are concerned. */
interface CertifiedHost {
  readonly path: string;
  readonly effect: MachineEffect;
  readonly certificates?: MachineCertificates;
}

/** A host that asks for its certificates anew, since they go with its machine. */
export interface AskedAnew extends MachineCertificates {
  readonly path: string;
}

/** What would go with the machine of a host that stays declared; nothing where a data volume brings it back. */
export function machineCertificates(
  old: ModelHost | undefined,
  now: ModelHost | undefined,
): MachineCertificates | undefined {
  if (!old || !now || [old, now].every(({ machine }) => machine.dataVolumeGiB !== undefined)) return undefined;
  const sites = now.release.sites.filter(({ tls }) => tls?.kind === "acme");
  if (sites.length === 0) return undefined;
  const isLetsEncrypt = sites.some(({ tls }) => tls?.kind === "acme" && tls.directory === LETS_ENCRYPT);
  return { names: acmeNames(sites as unknown as Site[]), isLetsEncrypt };
}

/** Those whose machine is replaced, by what is declared or by what Terraform intends. */
export function certificatesAskedAnew(hosts: readonly CertifiedHost[], plan?: Pick<Plan, "changes">): AskedAnew[] {
  const isReplaced = ({ path, effect }: CertifiedHost) =>
    effect === "replaced" ||
    (plan?.changes ?? []).some((change) => isMachineReplaced(change) && change.path.startsWith(`${path}/`));
  return hosts
    .filter(isReplaced)
    .flatMap(({ path, certificates }) => (certificates === undefined ? [] : [{ path, ...certificates }]));
}

/** What it means for visitors, and what Let's Encrypt allows, in words. */
export function meaningOf({ isLetsEncrypt }: MachineCertificates): string {
  const { ofSameNames, ofDomain } = CERTIFICATES_A_WEEK;
  const limits = `. Let's Encrypt gives a name ${ofSameNames} certificates a week, and all names of one domain ${ofDomain}`;
  return `they go with the machine and are asked for anew; until then these names are served by HTTP, and are 503 where HSTS or a password forbids that${isLetsEncrypt ? limits : ""}`;
}
