import * as fc from "fast-check";
import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import { pinImages } from "../../src/dockerfile/pin-images.ts";

const DIGEST = `sha256:${"c".repeat(64)}`;
const known = new Set(["docker.io/library/redis", "docker.io/library/node", "ghcr.io/team/tool"]);

function pin(text: string, buildArgs: Record<string, string> = {}) {
  const file = Dockerfile.parse(text, { buildArgs });
  const { text: pinned, unpinned } = pinImages(file, ({ reference }) =>
    reference && known.has(reference.name) ? DIGEST : undefined,
  );
  return { text: pinned.replaceAll(`@${DIGEST}`, "@PIN"), why: unpinned.map(({ why }) => why) };
}

describe("a digest goes where the image is named", () => {
  it.each([
    ["in FROM", "FROM redis:7\n", "FROM redis:7@PIN\n"],
    [
      "behind a stage that it is the base of",
      "FROM redis AS redis\nFROM redis\n",
      "FROM redis@PIN AS redis\nFROM redis\n",
    ],
    ["below a comment", "FROM \\\n# redis:7\n redis:7\n", "FROM \\\n# redis:7\n redis:7@PIN\n"],
    ["below its platform", "FROM --platform=a/b \\\n\tredis:7 AS a", "FROM --platform=a/b \\\n\tredis:7@PIN AS a"],
    [
      "behind letters of many bytes",
      'FROM scratch\nCOPY --chown="é" --from=redis:7 a b',
      'FROM scratch\nCOPY --chown="é" --from=redis:7@PIN a b',
    ],
    ["in quotes", "FROM 'redis:7'", "FROM redis:7@PIN"],
    ["in a flag's quotes", 'FROM scratch\nCOPY --from="redis:7" a b', "FROM scratch\nCOPY --from=redis:7@PIN a b"],
    ["in a quoted flag", 'FROM scratch\nCOPY "--from=redis:7" a b', 'FROM scratch\nCOPY "--from=redis:7" a b'],
    [
      "in quotes that end within the name",
      'FROM scratch\nCOPY --fr"om=red"is:7 a b',
      "FROM scratch\nCOPY --from=redis:7@PIN a b",
    ],
    ["with escapes", "FROM scratch\nCOPY --from=red\\is:7 a b", "FROM scratch\nCOPY --from=redis:7@PIN a b"],
    [
      "in a mount",
      "FROM scratch\nRUN --mount=FROM=node:22,target=/n a",
      "FROM scratch\nRUN --mount=FROM=node:22@PIN,target=/n a",
    ],
    [
      "in a mount's last from",
      "FROM scratch\nRUN --mount=from=node:1,from=node:22 a",
      "FROM scratch\nRUN --mount=from=node:1,from=node:22@PIN a",
    ],
    [
      "in a trigger",
      "FROM scratch\nONBUILD COPY --from=node:22 a b",
      "FROM scratch\nONBUILD COPY --from=node:22@PIN a b",
    ],
    [
      "in a trigger's mount",
      "FROM scratch\nonbuild run --mount=from=node:22 a",
      "FROM scratch\nonbuild run --mount=from=node:22@PIN a",
    ],
    ["as its variables read", "ARG V=7\nFROM redis:$V", "ARG V=7\nFROM redis:7@PIN"],
    ["in full", "FROM ghcr.io/team/tool", "FROM ghcr.io/team/tool@PIN"],
    ["in no heredoc", "FROM scratch\nCOPY <<E /f\nFROM redis:7\nE", "FROM scratch\nCOPY <<E /f\nFROM redis:7\nE"],
    ["in no command", "FROM scratch\nRUN x --from=redis:7", "FROM scratch\nRUN x --from=redis:7"],
    ["in no path", "FROM scratch\nCOPY redis:7 /", "FROM scratch\nCOPY redis:7 /"],
    [
      "of no stage",
      "FROM scratch AS redis\nFROM scratch\nCOPY --from=REDIS a b",
      "FROM scratch AS redis\nFROM scratch\nCOPY --from=REDIS a b",
    ],
    ["where none is", `FROM redis:7@sha256:${"0".repeat(64)}`, `FROM redis:7@sha256:${"0".repeat(64)}`],
    ["once each", "FROM redis:7\nFROM redis:7", "FROM redis:7@PIN\nFROM redis:7@PIN"],
  ])("%s", (_, text, pinned) => expect(pin(text)).toEqual({ text: pinned, why: [] }));
});

describe("what cannot be pinned is said, and left as it is", () => {
  it.each([
    ["FROM scratch\nRUN --mount=from=0,target=/x a\nFROM scratch\nCOPY --from=0 /x /x", "no digest is known"],
    ["FROM busybox", "no digest is known"],
    ["FROM red\\\nis:7", "the name is broken over lines"],
    ["# escape=`\nFROM red`\nis:7", "the name is broken over lines"],
    ["FROM scratch\nCOPY --from=red\\\nis:7 a b", "the name is broken over lines"],
    ["FROM redis:$TARGETARCH", "the name hangs on a variable that is not known"],
  ])("%j: %s", (text, why) => expect(pin(text)).toEqual({ text, why: [why] }));

  it("a name in a trigger that may be a stage of whoever builds upon the image is no image", () =>
    expect(pin("FROM scratch\nONBUILD COPY --from=node a b")).toEqual({
      text: "FROM scratch\nONBUILD COPY --from=node a b",
      why: [],
    }));
});

test("nothing but digests is added, and every image has one", () => {
  const images = fc.constantFrom("redis:7", "node", "ghcr.io/team/tool:1");
  const gap = fc.constantFrom(" ", "\t", " \\\n ", " \\\n# redis:7 node\n  ");
  const line = fc.oneof(
    fc.tuple(images, gap).map(([image, space]) => `FROM${space}${image}`),
    fc.tuple(images, gap).map(([image, space]) => `COPY${space}--from=${image}${space}redis:7 /node`),
    fc
      .tuple(images, gap)
      .map(([image, space]) => `RUN${space}--mount=type=bind,from=${image},target=/x${space}echo FROM redis:7`),
    fc.tuple(images, gap).map(([image, space]) => `ONBUILD${space}COPY --from=${image} node /x`),
    fc.constantFrom("# FROM redis:7", "COPY <<E /f\nCOPY --from=node a b\nE", 'LABEL a="node"', ""),
  );
  fc.assert(
    fc.property(fc.array(line), fc.constantFrom("\n", "\r\n"), (lines, feed) => {
      const text = ["FROM scratch", ...lines, ""].join("\n").replaceAll("\n", feed);
      const file = Dockerfile.parse(text);
      const { text: pinned } = pinImages(file, () => DIGEST);
      expect(pinned.replaceAll(`@${DIGEST}`, "")).toBe(text);
      const again = Dockerfile.parse(pinned);
      expect(again.images.filter(({ written }) => !written.endsWith(DIGEST))).toEqual([]);
      expect(pinImages(again, () => DIGEST)).toEqual({ text: pinned, unpinned: [] });
    }),
  );
});
