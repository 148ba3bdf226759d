/**
 * Where the two applications of the netflix stacks come from: the examples beside, or real checkouts of the course's
 * own, named by SLIPWAY_CATALOG_DIR and SLIPWAY_FRONTEND_DIR. A checkout without a Dockerfile gets one written here.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Dockerfile } from "../src/index.ts";

/** What an image is built from. */
export interface Source {
  readonly context: string;
  readonly dockerfile?: Dockerfile;
}

/** The version of both applications: SLIPWAY_VERSION. */
export function version(): string {
  return process.env.SLIPWAY_VERSION ?? "1.0.0";
}

export function catalogSource(): Source {
  return source(process.env.SLIPWAY_CATALOG_DIR, "stacks/apps/netflix-catalog", () =>
    Dockerfile.from("python:3.12.8-slim-bookworm")
      .workdir("/app")
      .copy("requirements.txt", "./")
      .run(["pip", "install", "--no-cache-dir", "-r", "requirements.txt"])
      .copy(".", "./")
      .user("10001:10001")
      .expose(8080)
      .cmd(["python", "app.py"])
      .toDockerfile(),
  );
}

export function frontendSource(): Source {
  return source(process.env.SLIPWAY_FRONTEND_DIR, "stacks/apps/netflix-frontend", () =>
    Dockerfile.from("node:22.12.0-slim")
      .workdir("/app")
      .copy(".", "./")
      .run(["npm", "install", "--no-audit", "--no-fund"])
      .run(["npm", "run", "build"])
      .env({ NODE_ENV: "production" })
      .user("node")
      .expose(3000)
      .cmd(["node", "server.js"])
      .toDockerfile(),
  );
}

function source(checkout: string | undefined, example: string, written: () => Dockerfile): Source {
  const context = checkout ?? example;
  return existsSync(join(context, "Dockerfile")) ? { context } : { context, dockerfile: written() };
}
