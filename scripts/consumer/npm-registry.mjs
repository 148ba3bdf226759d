// @ts-check
import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { run } from "../../src/cli/command.mjs";

/**
 * An npm registry on loopback that has packed packages as if they were published, and leads to the real one for all
 * others. Why: what a page tells people to install can be tried to the letter before it is published.
 */
export class NpmRegistry {
  /** @type {Map<string, string>} the packages by their paths */
  #documents = new Map();
  /** @type {Map<string, string>} the tarballs by theirs */
  #tarballs = new Map();
  /** @type {import("node:http").Server} */
  #server;

  /** @param {import("node:http").Server} server */
  constructor(server) {
    this.#server = server;
  }

  /** @param {string} upstream the real one */
  static async start(upstream) {
    const server = createServer();
    const registry = new NpmRegistry(server);
    server.on("request", ({ url = "/" }, response) => {
      const path = decodeURIComponent(url.split("?")[0] ?? "/");
      const [document, tarball] = [registry.#documents.get(path), registry.#tarballs.get(path)];
      if (document !== undefined) response.writeHead(200, { "content-type": "application/json" }).end(document);
      else if (tarball !== undefined) {
        response.writeHead(200, { "content-length": statSync(tarball).size });
        createReadStream(tarball).pipe(response);
      } else response.writeHead(307, { location: new URL(url.slice(1), upstream).href }).end();
    });
    await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(undefined)));
    return registry;
  }

  get url() {
    return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (this.#server.address()).port}/`;
  }

  /** @param {string} tarball made by `npm pack` */
  async publish(tarball) {
    const { code, stdout, stderr } = await run("tar", ["xzOf", tarball, "package/package.json"]);
    if (code !== 0) throw new Error(`${tarball} is no package: ${stderr}`);
    const manifest = JSON.parse(stdout);
    const { name, version } = manifest;
    const path = `/${name}/-/${name}-${version}.tgz`;
    const integrity = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;
    const dist = { tarball: new URL(path.slice(1), this.url).href, integrity };
    const document = { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
    this.#documents.set(`/${name}`, JSON.stringify(document));
    this.#tarballs.set(path, tarball);
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
