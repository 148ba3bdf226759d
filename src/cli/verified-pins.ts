import { readFileSync } from "node:fs";
import { DOCKER_LOGIN, SIGNATURE_SCRIPTS, VERIFY_IMAGES } from "../docker/signing-scripts.ts";
import { publicKeyText } from "../values/signing-key.ts";
import type { Pins } from "./lockfile.ts";
import { repositoryUrl } from "./registry-session.ts";
import type { Tools } from "./tools.ts";

/** By which key each pin was found to be signed, by full reference: the SHA-256 of the key's PEM text. */
export type VerifiedPins = Readonly<Record<string, string>>;

/**
 * Asks the registries which of `pins` are signed by one of the keys in these files. Why by the shell by which hosts verify:
 * what is recorded here is what a host would find.
 *
 * @throws for a file that holds no public key, and where a program is missing that this takes
 */
export async function verifyPins(
  pins: Pins,
  files: readonly string[],
  { command }: Pick<Tools, "command">,
): Promise<{ readonly verified: VerifiedPins; readonly problems: readonly string[] }> {
  const keys = files.map((file) => publicKeyText(readFileSync(file, "utf8"), file)).join("");
  const images = new Map(Object.entries(pins).map(([reference, digest]) => [imageOf(reference, digest), reference]));
  if (images.size === 0) return { verified: {}, problems: [] };
  const { code, stdout, stderr } = await command.run("sh", [VERIFY_IMAGES], {
    env: {
      ...process.env,
      SLIPWAY_REGISTRY_REQUEST: SIGNATURE_SCRIPTS[0],
      SLIPWAY_SIGNATURE: SIGNATURE_SCRIPTS[1],
      SLIPWAY_DOCKER_LOGIN: DOCKER_LOGIN,
      SLIPWAY_SIGNERS: keys,
      SLIPWAY_IMAGES: [...images.keys()].map((image) => `${image} ${endpointOf(image)}\n`).join(""),
    },
  });
  if (code !== 0) throw new Error(stderr.trim() || "what verifies images came to no end");
  const verified: Record<string, string> = {};
  const problems: string[] = [];
  for (const line of stdout.split("\n").filter(Boolean)) {
    const [, image = "", key = "", problem = ""] = /^(\S+) (\S+)(?: (.*))?$/.exec(line) ?? [];
    if (key === "-") problems.push(problem);
    else verified[images.get(image) as string] = `sha256:${key}`;
  }
  return { verified, problems };
}

/** What was verified before and stands for the same digest now. */
export function stillVerified(verified: VerifiedPins, before: Pins, after: Pins): VerifiedPins {
  return Object.fromEntries(Object.entries(verified).filter(([name]) => after[name] && after[name] === before[name]));
}

function imageOf(reference: string, digest: string): string {
  return `${reference.replace(/:[^:/]+$/, "")}@${digest}`;
}

function endpointOf(image: string): string {
  const [domain = ""] = image.split("/");
  return new URL(repositoryUrl({ domain, path: "" })).origin;
}
