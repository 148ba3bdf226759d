import type { ReleaseManifest } from "../../host-agent/release-manifest.ts";
import type { Release } from "../../release/release.ts";
import { privateName } from "../../values/private-name.ts";

/** A host and the reference to its private address. */
export interface AddressedHost {
  readonly node: { readonly path: string };
  readonly privateIp: string;
}

/**
 * References to the private addresses of other hosts, and the names that stand for them while Nginx's text is made: that
 * checks each address and sorts by it, and a reference is neither an address nor the same text in the next synth.
 */
export class PrivateAddresses {
  private readonly known: readonly (readonly [name: string, reference: string])[];

  constructor(hosts: Iterable<AddressedHost>) {
    this.known = [...hosts].map(({ node, privateIp }) => [privateName(node.path), privateIp]);
  }

  /** `release` with names for references. */
  named(release: Release): Release {
    if (this.known.length === 0) return release;
    const name = (text: string) => this.known.reduce((of, [to, from]) => of.replaceAll(from, to), text);
    return {
      ...release,
      sites: release.sites.map((site) => ({
        ...site,
        routes: site.routes.map((route) =>
          "address" in route.to ? { ...route, to: { address: name(route.to.address) } } : route,
        ),
      })),
      ...(release.fronts && { fronts: release.fronts.map((front) => ({ ...front, address: name(front.address) })) }),
    };
  }

  /** `manifest` with references for names. */
  filled(manifest: ReleaseManifest): ReleaseManifest {
    if (this.known.length === 0) return manifest;
    const fill = (text: string) => this.known.reduce((of, [from, to]) => of.replaceAll(from, to), text);
    const { sites, tls } = manifest;
    return {
      ...manifest,
      sites: fill(sites),
      ...(tls && {
        tls: tls.map((each) => ({
          ...each,
          before: fill(each.before),
          secured: fill(each.secured),
          lost: fill(each.lost),
        })),
      }),
    };
  }
}
