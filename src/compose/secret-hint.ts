import { BRIDGE_ADDRESS, ServicePorts } from "../release/service-ports.ts";
import { projectName } from "./compose-file.ts";
import type { Draft } from "./draft.ts";
import { addressed, withNeighbours } from "./neighbours.ts";
import { withoutPassword } from "./secret-like.ts";
import { written } from "./service-addresses.ts";
import { slipwayName } from "./slipway-name.ts";
import { isDirect, slipwayOf, type TranslationContext } from "./translation-context.ts";
import { plainText, type Text } from "./variable-text.ts";

/** How the secret looks whose text names a neighbour, with the address that this has here and without the password. */
export function hintOf(draft: Draft, value: Text, key: string, around: TranslationContext): string | undefined {
  const { text, references } = addressed(value, key, around.names);
  if (references.length === 0) return undefined;
  const addresses = withNeighbours(text, (part) => {
    const { service, form } = part;
    if (around.ports.get(service) === undefined) return written(part, references);
    const address = addressOf(draft, service, around);
    return form === "url" ? `http://${address}` : form === "name" ? (address.split(":")[0] ?? "") : address;
  });
  return withoutPassword(plainText(addresses));
}

/** Where a neighbour will be reached, as its host says at synth; a test holds the two together. */
function addressOf({ read }: Draft, service: string, around: TranslationContext): string {
  const name = slipwayOf(service, around);
  const alone = isDirect(service, around);
  const claims = new ServicePorts();
  let { direct, internal } = { direct: 0, internal: 0 };
  for (const each of around.order) {
    if (around.ports.get(each) === undefined) continue;
    const claimed = claims.claim(slipwayOf(each, around));
    if (each === service) ({ direct, internal } = claimed);
  }
  if (read.host === "aws") return `${BRIDGE_ADDRESS}:${alone ? direct : internal}`;
  const nginx = `${slipwayName(projectName(read.file))}-host-nginx`;
  return alone ? `${name}.${nginx}:${around.ports.get(service)}` : `${nginx}:${internal}`;
}
