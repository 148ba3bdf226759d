import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DebianRoot } from "./debian-root.mjs";

const RECIPES = fileURLToPath(new URL("./recipes", import.meta.url));
const PROXY_VARIABLES = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/** Makes the stand-ins with the container engine and puts them into the mirror, each under a tag that follows from its recipe. */
export class ImageBuilder {
  #mirror;
  #folder;
  #run;
  #log;
  #root;

  constructor({ mirror, folder, run, log }) {
    this.#mirror = mirror;
    this.#folder = folder;
    this.#run = run;
    this.#log = log;
    this.#root = new DebianRoot(process.env);
  }

  /** The tag of the image that today's recipe makes. */
  tag(repository) {
    const hash = createHash("sha256");
    for (const input of this.#inputs(repository)) hash.update(String(input.length)).update("\0").update(input);
    return `slipway-${hash.digest("hex").slice(0, 16)}`;
  }

  *#inputs(repository) {
    yield* this.#root.inputs;
    yield process.arch;
    if (repository === "debian") return;
    const recipe = join(RECIPES, repository);
    const files = readdirSync(recipe, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const path of files.map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort()) {
      yield path.slice(recipe.length);
      yield readFileSync(path);
    }
    if (repository === "node") yield process.version;
  }

  /** Makes the stand-ins for `repositories` and takes away what making them left in the engine. */
  async make(repositories) {
    await this.#checkEngine();
    const made = [];
    const timed = async (repository, work) => {
      const started = Date.now();
      made.push(this.#reference(repository));
      await work();
      this.#log(`made ${repository} in ${((Date.now() - started) / 1000).toFixed(0)} s`);
    };

    try {
      const base = this.#reference("debian");
      let pushed = Promise.resolve();
      if (repositories.includes("debian")) {
        await timed("debian", () => this.#importDebian(base));
        pushed = this.#push(base);
      } else made.push(base);

      const others = repositories.filter((repository) => repository !== "debian");
      const outcomes = await Promise.allSettled([
        pushed,
        ...others.map((repository) =>
          timed(repository, async () => {
            await this.#build(repository, base);
            await pushed;
            await this.#push(this.#reference(repository));
          }),
        ),
      ]);
      const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.message] : []));
      if (reasons.length > 0) throw new Error(reasons.join("\n"));
    } finally {
      for (const reference of made.reverse()) await this.#run("docker", ["image", "rm", reference]).catch(() => {});
    }
  }

  #reference(repository) {
    return `${this.#mirror.address}/library/${repository}:${this.tag(repository)}`;
  }

  async #checkEngine() {
    try {
      await this.#run("docker", ["version", "--format", "{{.Server.Version}}"]);
    } catch (error) {
      throw new Error(
        `the stand-ins are built by the container engine, which does not answer: start it first\n${error.message}`,
      );
    }
  }

  async #importDebian(reference) {
    const work = mkdtempSync(join(this.#folder, "debian-"));
    try {
      const tar = join(work, "root.tar");
      await this.#root.write(tar, this.#run);
      const changes = ['CMD ["bash"]', 'LABEL slipway.stand-in="debian"'].flatMap((change) => ["--change", change]);
      await this.#run("docker", ["import", ...changes, tar, reference]);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  async #build(repository, base) {
    const work = mkdtempSync(join(this.#folder, `${repository}-`));
    try {
      cpSync(join(RECIPES, repository), work, { recursive: true });
      if (repository === "node") addNode(work);
      const proxies = PROXY_VARIABLES.filter((name) => process.env[name]);
      const args = [`BASE=${base}`, ...proxies].flatMap((arg) => ["--build-arg", arg]);
      // The engine's own builder reads a base that only the engine has, and needs no plugin.
      await this.#run("docker", ["build", "--force-rm", ...args, "--tag", this.#reference(repository), work], {
        env: { DOCKER_BUILDKIT: "0" },
      });
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  #push(reference) {
    return this.#run("docker", ["push", "--quiet", reference]);
  }
}

/** Puts this machine's node and npm beside the recipe. */
function addNode(work) {
  const node = realpathSync(process.execPath);
  const npm = join(dirname(node), "..", "lib", "node_modules", "npm");
  if (!existsSync(npm))
    throw new Error(`npm is not beside ${node}, at ${npm}: install Node from nodejs.org or nodesource.com`);
  cpSync(node, join(work, "node"));
  mkdirSync(join(work, "npm"));
  for (const entry of readdirSync(npm)) {
    if (!["docs", "man"].includes(entry)) cpSync(join(npm, entry), join(work, "npm", entry), { recursive: true });
  }
}
