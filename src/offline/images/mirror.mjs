const MANIFESTS = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");

/** A local registry that a container engine uses as the mirror of Docker Hub. */
export class Mirror {
  /** `host:port` */
  address;

  constructor(address) {
    this.address = address;
  }

  get url() {
    return `http://${this.address}`;
  }

  /** Whether a registry that wants no password answers: false when nothing listens. @throws when something else does */
  async answers() {
    let response;
    try {
      response = await fetch(`${this.url}/v2/`, { signal: AbortSignal.timeout(5_000) });
    } catch (error) {
      if (error.cause?.code === "ECONNREFUSED") return false;
      throw new Error(
        `${this.address} is taken by something that is no registry: ${error.cause?.message ?? error.message}`,
      );
    }
    await response.arrayBuffer();
    if (response.status === 200 && response.headers.has("docker-distribution-api-version")) return true;
    throw new Error(
      `${this.address} is taken by something that is no open registry: it answered ${response.status}; stop it first`,
    );
  }

  /** The digest of `library/<repository>:<tag>`, or undefined. */
  async digest(repository, tag) {
    const response = await this.#request("HEAD", repository, tag, { headers: { Accept: MANIFESTS } });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`the mirror answered ${response.status} for ${repository}:${tag}`);
    return response.headers.get("docker-content-digest") ?? undefined;
  }

  /** Gives the image `from` further tags. */
  async tag(repository, from, tags) {
    const digest = await this.digest(repository, from);
    const stale = [];
    for (const tag of tags) if ((await this.digest(repository, tag)) !== digest) stale.push(tag);
    if (stale.length === 0) return;

    const manifest = await this.#request("GET", repository, from, { headers: { Accept: MANIFESTS } });
    const body = await manifest.text();
    for (const tag of stale) {
      const headers = { "Content-Type": manifest.headers.get("content-type") };
      const response = await this.#request("PUT", repository, tag, { headers, body });
      if (!response.ok)
        throw new Error(`the mirror refused the tag ${repository}:${tag}: ${response.status} ${await response.text()}`);
    }
  }

  #request(method, repository, reference, init) {
    return fetch(`${this.url}/v2/library/${repository}/manifests/${reference}`, { method, ...init });
  }
}
