import { ownPackage } from "./package-spec.ts";

/**
 * What a module is called for projects of this package: of one source there is a package for cdktf and one for cdktn, and
 * whoever began by the one imports nothing of the other.
 *
 * @param name as the package for cdktf has it, e.g. `cdktf` or `slipway/aws`
 */
export function moduleName(name: string, own = ownPackage()): string {
  if (name === "cdktf") return "cdktn" in own.peerDependencies ? "cdktn" : name;
  return name.replace(/^slipway(?=\/|$)/, own.name);
}
