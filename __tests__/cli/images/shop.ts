import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { parseArguments } from "../../../src/cli/arguments.mjs";
import * as command from "../../../src/cli/command.mjs";
import { request } from "../../../src/cli/http-request.mjs";
import { images } from "../../../src/cli/images/images.ts";
import { findProject } from "../../../src/cli/project.mjs";
import { Terminal } from "../../../src/cli/terminal.mjs";
import type { Tools } from "../../../src/cli/tools.ts";
import { FakeEngine } from "./fake-engine.ts";
import { FakeRegistry } from "./fake-registry.ts";

export const CONTENT = { web: "a1".repeat(32), api: "b2".repeat(32), old: "c3".repeat(32) };
const BASE = "the layer of the base image, which all of them have";
const DOCKERFILE = `FROM python:3.12.8
WORKDIR /app
COPY page.py .
RUN pip install \\
    flask
ENV MODE=live TOKEN=secret
EXPOSE 8080
USER 1000
CMD ["python3", "page.py"]
`;

/** What BuildKit writes of it, behind what came with the base, and before a label that a builder adds. */
const HISTORY = [
  { created_by: "/bin/sh -c #(nop) ADD file:1 in / " },
  { created_by: '/bin/sh -c #(nop)  CMD ["python3"]', empty_layer: true },
  { created_by: "WORKDIR /app" },
  { created_by: "COPY page.py . # buildkit" },
  { created_by: "RUN /bin/sh -c pip install     flask # buildkit" },
  { created_by: "ENV MODE=live TOKEN=secret", empty_layer: true },
  { created_by: "EXPOSE map[8080/tcp:{}]", empty_layer: true },
  { created_by: "USER 1000", empty_layer: true },
  { created_by: 'CMD ["python3" "page.py"]', empty_layer: true },
  { created_by: "LABEL dev.slipway.content=a1", empty_layer: true },
];

const CONFIG = {
  User: "1000",
  ExposedPorts: { "8080/tcp": {} },
  Env: ["PATH=/usr/bin", "MODE=live", "TOKEN=secret"],
  Cmd: ["python3", "page.py"],
  WorkingDir: "/app",
  Labels: { "dev.slipway.stack": "shop", "dev.slipway.content": CONTENT.web },
};

const APP = `const fs = require("node:fs");
const out = process.env.CDKTF_OUTDIR;
fs.cpSync("declared", out, { recursive: true });
if (process.env.SLIPWAY_CONTEXTS_COLLECT)
  fs.writeFileSync(process.env.SLIPWAY_CONTEXTS_COLLECT, fs.readFileSync("left-out.json"));
`;

/** What a verb said and how it ended. */
export interface Said {
  readonly code: number;
  /** As a terminal of 80 columns shows it, without what steps say and how long they took. */
  readonly text: string;
  readonly printed: string;
}

/** Where another answers than what is usual. */
export interface Around {
  readonly engine?: string;
  readonly typed?: string;
  readonly colour?: boolean;
}

/** A project of one stack with three images, a registry that has them, and an engine that built one. */
export class Shop {
  static async open(): Promise<Shop> {
    return new Shop(await FakeRegistry.start(), await FakeEngine.start());
  }

  readonly root = mkdtempSync(join(tmpdir(), "slipway-images-"));
  readonly digests: { readonly web: string; readonly api: string; readonly proxy: string };

  private constructor(
    readonly registry: FakeRegistry,
    readonly engine: FakeEngine,
  ) {
    const layers = (name: string) => [BASE, `the folder of ${name}`, `the page of ${name}`, `what pip brought ${name}`];
    this.digests = {
      web: registry.image("shop/web", [`sha-${CONTENT.web}`, "1.4.2", "latest"], {
        ...{ layers: layers("web"), history: HISTORY, config: CONFIG },
      }),
      api: registry.image("shop/api", [`sha-${CONTENT.api}`, "2.0.0"], {
        layers: [BASE, "api"],
        created: "2026-01-09T03:04:05Z",
      }),
      proxy: registry.image("base/proxy", ["1.27"], { layers: [BASE, "proxy"] }),
    };
    registry.image("shop/web", ["1.4.1", `sha-${CONTENT.old}`], {
      layers: [BASE, "old"],
      created: "2025-12-24T03:04:05Z",
    });
    this.declare();
  }

  /** Writes what the app declares. */
  declare(
    more: {
      readonly version?: string;
      readonly constructs?: readonly object[];
      /** Constructs of another stack, `more`. */
      readonly beside?: readonly object[];
    } = {},
  ): void {
    const { version = "1.4.2", constructs = [], beside } = more;
    const at = join(this.root, "declared/stacks/shop");
    const { host } = this.registry;
    const built = (name: string, contentId: string, own: string) => ({
      ...{ path: `shop/${name}-image`, kind: "image", repository: `${host}/shop/${name}`, version: own, contentId },
      tags: [`sha-${contentId}`, own],
      reference: `${host}/shop/${name}@\${docker_registry_image.${name}.sha256_digest}`,
      platforms: [],
    });
    const service = (name: string) => ({ name, image: `shop/${name}-image`, secrets: {}, memoryMiB: 64, health: {} });
    const description = {
      ...{ format: 1, stack: "shop", findings: [] },
      constructs: [
        built("api", CONTENT.api, "2.0.0"),
        built("web", CONTENT.web, version),
        {
          ...{
            path: "shop/proxy-image",
            kind: "image",
            repository: `${host}/base/proxy`,
            declared: `${host}/base/proxy:1.27`,
          },
          ...{ reference: `${host}/base/proxy@${this.digests.proxy}`, platforms: ["linux/amd64"] },
        },
        {
          path: "shop/host",
          kind: "host",
          release: { services: [service("web"), service("api")], sites: [], drainSeconds: 1 },
        },
        ...constructs,
      ],
    };
    const document = {
      terraform: { backend: { local: { path: "../../../terraform.shop.tfstate" } } },
      resource: {
        docker_image: {
          web: {
            "//": { metadata: { path: "shop/web-image/Resource" } },
            build: { context: `contexts/${CONTENT.web}`, dockerfile: "Dockerfile" },
          },
        },
      },
    };
    const files: Readonly<Record<string, string>> = {
      "app.js": APP,
      "cdktf.json": JSON.stringify({ app: `"${process.execPath}" app.js` }),
      "package.json": "{}",
      "declared/manifest.json": JSON.stringify({ stacks: { shop: {}, ...(beside && { more: {} }) } }),
      ...(beside && {
        "declared/stacks/more/slipway.json": JSON.stringify({
          format: 1,
          stack: "more",
          constructs: beside,
          findings: [],
        }),
      }),
      "declared/stacks/shop/slipway.json": JSON.stringify(description),
      "declared/stacks/shop/cdk.tf.json": JSON.stringify(document),
      [`declared/stacks/shop/contexts/${CONTENT.web}/Dockerfile`]: DOCKERFILE,
      "left-out.json": `${JSON.stringify({
        ...{ contentId: CONTENT.web, directory: "/app", ignoreFile: ".dockerignore" },
        leftOut: [{ path: "node_modules", folder: true, line: 2, pattern: "node_modules" }],
      })}\n`,
    };
    mkdirSync(join(at, "contexts", CONTENT.web), { recursive: true });
    mkdirSync(join(at, "../more"), { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(this.root, path), text);
  }

  /** Lets the engine have built the image of the shop's pages, and run it. */
  build({ digest = this.digests.web, running = true }: { digest?: string; running?: boolean } = {}): void {
    const { host } = this.registry;
    const name = `${host}/shop/web`;
    const manifest = this.registry.manifests.get(this.digests.web);
    const id: string = JSON.parse(manifest?.bytes.toString("utf8") ?? "").config.digest;
    this.engine.images.push({
      ...{
        Id: id,
        RepoTags: [`${name}:sha-${CONTENT.web}`, `${name}:1.4.2`],
        RepoDigests: [`${name}@${digest}`],
      },
      ...{
        Labels: { "dev.slipway.stack": "shop", "dev.slipway.content": CONTENT.web },
        Size: 1_000_000,
        Created: 1_767_323_045,
      },
      Config: CONFIG,
    });
    if (!running) return;
    this.engine.containers.push({
      ...{ Names: ["/shop-host-web-1"], Image: `${name}@${digest}`, ImageID: id, State: "running" },
      Labels: { "dev.slipway.construct": "shop/host/web/Container" },
    });
  }

  /** Does what is typed, a week after most of it was built. */
  async run(
    words: string | readonly string[],
    { engine = this.engine.address, typed, colour = false }: Around = {},
  ): Promise<Said> {
    const out = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    const terminal = new Terminal({
      out: out as never,
      input: new PassThrough() as never,
      env: { TERM: "dumb", FORCE_COLOR: colour ? "1" : "0" },
    });
    if (typed !== undefined) Object.assign(terminal, { interactive: true, ask: async () => typed });
    const printed: string[] = [];
    const log = jest.spyOn(console, "log").mockImplementation((text) => void printed.push(`${text}\n`));
    const clock = jest.spyOn(Date, "now").mockReturnValue(Date.parse("2026-01-09T04:04:05Z"));
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = engine;
    const tools = { terminal, project: findProject(this.root), command, request } as unknown as Tools;
    try {
      const code = await images(
        parseArguments(["images", ...(typeof words === "string" ? words.split(" ").filter(Boolean) : words)]),
        tools,
      );
      return { code, text: this.plain(out), printed: printed.join("") };
    } finally {
      if (before === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = before;
      clock.mockRestore();
      log.mockRestore();
    }
  }

  stop(): void {
    this.registry.stop();
    this.engine.stop();
  }

  private plain(out: PassThrough): string {
    const lines = (out.read() ?? "").toString().split("\n") as string[];
    const own = lines.filter((line) => !/^(> | {2}done, )/.test(line)).join("\n");
    return own.replaceAll(this.registry.host, "registry.eu:443").replaceAll(this.engine.address, "ENGINE");
  }
}
