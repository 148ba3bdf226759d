import { createHash } from "node:crypto";
import type { DockerCredentials } from "./docker-credentials.ts";
import { type Place, RegistrySession, type Send } from "./registry-session.ts";

export type { Send };

// An index before a manifest: the digest of a tag is that of the whole set of platforms.
export const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Asks registries what a tag stands for now. */
export class RegistryClient {
  private readonly session: RegistrySession;

  constructor(
    send: Send,
    credentials: Pick<DockerCredentials, "find">,
    pause?: (milliseconds: number) => Promise<unknown>,
  ) {
    this.session = new RegistrySession(send, credentials, pause);
  }

  /**
   * The digest of a full reference, `domain/path:tag`.
   *
   * @throws when the registry does not answer, refuses, or has no such tag
   */
  async digestOf(reference: string): Promise<string> {
    const { tag, ...place } = split(reference);
    const at = `manifests/${encodeURIComponent(tag)}`;
    const ask = (method: string) =>
      this.session.ask(place, { method, at, subject: reference, headers: { accept: ACCEPT } });
    const claimed = claimedDigest((await ask("HEAD")).headers);
    return claimed ?? sha256((await ask("GET")).body);
  }
}

/** The digest that a registry names in its answer about a manifest. */
export function claimedDigest(headers: Readonly<Record<string, unknown>>): string | undefined {
  const claimed = String(headers["docker-content-digest"] ?? "");
  return DIGEST.test(claimed) ? claimed : undefined;
}

/** The digest of some content. */
export function sha256(bytes: Buffer | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function split(reference: string): Place & { tag: string } {
  const match = /^([^/]+)\/(.+):([^:/]+)$/.exec(reference);
  if (!match) throw new Error(`reference must be domain/path:tag, got ${reference}`);
  return { domain: match[1] as string, path: match[2] as string, tag: match[3] as string };
}
