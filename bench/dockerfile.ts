/**
 * How fast Dockerfiles are read, next to the npm libraries on the same files. Prints a Markdown table.
 *
 *     npx tsx bench/dockerfile.ts [FOLDER]
 *
 * The libraries are no dependencies of ours: npm installs them into FOLDER. @default the user's cache folder
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { Dockerfile } from "../src/dockerfile/dockerfile.ts";

const FILES = 1_000;
const ROUNDS = 15;
const PEERS = { "dockerfile-ast": "0.7.1", "dockerfile-utils": "0.16.3" } as const;

/** Ordinary files, no two alike: one or two stages, continued lines, JSON, a heredoc, comments. */
function ordinaryFiles(): string[] {
  return Array.from({ length: FILES }, (_, i) => {
    const packages = Array.from({ length: 2 + (i % 12) }, (_each, n) => `    package-${n}=1.${i}.${n} \\\n`).join("");
    const build = `FROM node:${16 + (i % 8)}.0.1-slim AS build
WORKDIR /app-${i}
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN npm run build
`;
    return `# syntax=docker/dockerfile:1
ARG VERSION=3.${i % 13}.${i}
${i % 2 ? build : ""}
FROM python:\${VERSION}-slim
# what the application needs
RUN apt-get update && apt-get install -y --no-install-recommends \\
${packages}    && rm -rf /var/lib/apt/lists/*
ENV PATH="/opt/venv/bin:$PATH" MODE=prod \\
    NAME="application ${i}"
LABEL org.opencontainers.image.title="Application ${i}" org.opencontainers.image.version=1.${i}
WORKDIR /app
COPY --chown=1000:1000 requirements.txt ./
RUN <<EOF
set -e
python -m venv /opt/venv
pip install --no-cache-dir -r requirements.txt
EOF
COPY ${i % 2 ? `--from=build /app-${i}/dist` : "."} /app/
EXPOSE ${8_000 + (i % 1_000)}
USER 1000:1000
HEALTHCHECK --interval=30s --timeout=3s CMD ["curl", "-f", "http://127.0.0.1:${8_000 + (i % 1_000)}/"]
ENTRYPOINT ["python", "-m", "app"]
CMD ["--workers", "${1 + (i % 4)}"]
`;
  });
}

/** Installs the libraries once. */
function install(folder: string): NodeJS.Require {
  if (!existsSync(join(folder, "node_modules/dockerfile-utils"))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
    const packages = Object.entries(PEERS).map(([name, version]) => `${name}@${version}`);
    execFileSync("npm", ["install", "--save-exact", "--no-audit", "--no-fund", ...packages], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  return createRequire(join(folder, "package.json"));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.trunc(values.length / 2)] ?? Number.NaN;
}

/** The medians of both tasks, measured in turns so that what else the machine does hits both. */
function compare(ours: () => void, theirs: () => void): [ours: number, theirs: number] {
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let round = -2; round < ROUNDS; round++) {
    for (const [who, task] of [["ours", ours] as const, ["theirs", theirs] as const]) {
      const start = performance.now();
      task();
      if (round >= 0) times[who].push(performance.now() - start);
    }
  }
  return [median(times.ours), median(times.theirs)];
}

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
const load = install(resolve(process.argv[2] ?? join(cache, "slipway", "bench-dockerfile")));
const { DockerfileParser } = load("dockerfile-ast") as { DockerfileParser: { parse(text: string): unknown } };
const { validate } = load("dockerfile-utils") as { validate(text: string): unknown[] };

const files = ordinaryFiles();
const all = (task: (text: string) => unknown) => () => files.forEach((text) => void task(text));
const look = (text: string) => {
  const file = Dockerfile.parse(text);
  return [file.images, file.exposedPorts, file.user, file.stage().startArguments];
};
const peer = (text: string) => DockerfileParser.parse(text);

const rows: [string, (text: string) => unknown, string, (text: string) => unknown][] = [
  ["parse, every instruction checked", (text) => Dockerfile.parse(text), "`dockerfile-ast`, unchecked", peer],
  ["the same, and stages, images, ports, user, command", look, "`dockerfile-ast`, unchecked", peer],
  ["parse and lint", (text) => Dockerfile.parse(text).lint(), "`dockerfile-utils` validate", validate],
];

const bytes = files.reduce((sum, text) => sum + text.length, 0);
console.log(`${FILES} Dockerfiles, ${Math.round(bytes / 1_000)} kB, Node.js ${process.versions.node}\n`);
console.log(`| ours | median of ${ROUNDS} | theirs | median of ${ROUNDS} | theirs / ours |\n|---|---|---|---|---|`);
for (const [what, ours, library, theirs] of rows) {
  const [mine, other] = compare(all(ours), all(theirs));
  console.log(
    `| ${what} | ${mine.toFixed(1)} ms | ${library} | ${other.toFixed(1)} ms | ${(other / mine).toFixed(2)} |`,
  );
}
