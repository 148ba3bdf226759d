interface Block {
  readonly registry_auth?: readonly { readonly address: string }[];
}

/** The registries that a synthesized stack logs in to and a rehearsal does not have: it plays the account's own. */
export function foreignRegistries(document: string, registryHost: string): string[] {
  const { provider = {} } = JSON.parse(document) as { provider?: { docker?: readonly Block[] } };
  const addresses = (provider.docker ?? []).flatMap(({ registry_auth: logins = [] }) => logins.map(hostOf));
  return [...new Set(addresses)].filter((host) => host !== registryHost && !isOwn(host)).sort();
}

const hostOf = ({ address }: { readonly address: string }) => address.replace(/^https?:\/\//, "").replace(/\/.*$/, "");

const isOwn = (host: string) => /^(?:localhost|127\.[\d.]+|\[::1\])(?::\d+)?$/.test(host);
