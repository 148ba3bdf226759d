import { spawnSync } from "node:child_process";
import { hostAgentFiles, hostAgentSources } from "../../../src/aws/nano/agent-files.ts";
import { JOINED_PARTS, withoutComments } from "../../../src/host-agent/agent-files.ts";

const PARTS = "lib/slipway";
const contentOf = (path: string, files = hostAgentFiles()) => files.find((file) => file.path === path)?.content ?? "";
/** The parts that the program reads as it was written, in its order. */
const readParts = () =>
  [...contentOf("sbin/slipway", hostAgentSources()).matchAll(/^\. "\$PARTS\/(.*)"$/gm)].map(([, name]) => `${name}`);

test("a host carries the agent, and the core and the probes that every kind of host shares", () => {
  const files = hostAgentFiles();
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(["sbin/slipway", `${PARTS}/${JOINED_PARTS}`, `${PARTS}/manifest.jq`]));
  expect(paths).toEqual(expect.arrayContaining([`${PARTS}/probes/http.sh`, `${PARTS}/probes/tcp.sh`]));
  expect(paths).toEqual([...new Set(paths)]);
  expect(paths.filter((path) => path.endsWith(".ts"))).toEqual([]);
  expect(paths).toEqual(expect.arrayContaining(["host/etc/nginx/nginx.conf", "first/sites.conf"]));
  const programs = files.filter(({ permissions }) => permissions === "0755").map(({ path }) => path);
  expect(programs).toEqual(["sbin/slipway"]);
});

test("the agent reads every part that it carries, and every part that it reads is there", () => {
  const parts = hostAgentSources().flatMap(({ path }) => /^lib\/slipway\/([a-z-]+\.sh)$/.exec(path)?.[1] ?? []);
  expect(readParts()).toContain("core.sh");
  // dehydrated calls it, which is told where it is
  expect(parts.filter((name) => !readParts().includes(name))).toEqual(["dns-challenge.sh"]);
  expect(readParts().filter((name) => !parts.includes(name))).toEqual([]);
  expect(contentOf("lib/slipway/tls.sh", hostAgentSources())).toContain('"$PARTS/dns-challenge.sh"');
});

test("a host gets the parts as one file, in the order in which the program reads them, and the program reads that", () => {
  const packed = readParts().map((name) => withoutComments(contentOf(`${PARTS}/${name}`, hostAgentSources())));
  expect(contentOf(`${PARTS}/${JOINED_PARTS}`)).toBe(packed.join(""));
  expect(contentOf("sbin/slipway").match(/^\. "\$PARTS.*$/gm)).toEqual([`. "$PARTS/${JOINED_PARTS}"`]);
  const shell = hostAgentFiles().filter(({ path }) => /^lib\/slipway\/[a-z-]+\.sh$/.test(path));
  expect(shell.map(({ path }) => path)).toEqual([`${PARTS}/${JOINED_PARTS}`, `${PARTS}/dns-challenge.sh`]);
  expect(shell.map(({ content }) => spawnSync("sh", ["-n"], { input: content }).status)).toEqual([0, 0]);
});

test("another comment in a part is no other agent", () => {
  const text = contentOf(`${PARTS}/core.sh`, hostAgentSources());
  expect(withoutComments(`# in other words\n${text.replace(/\n {2}/, "\n  # said anew\n    ")}`)).toBe(
    withoutComments(text),
  );
});

test("every file says the same without its comments, by the shell's own reading", () => {
  for (const { path, content } of hostAgentSources().filter((file) => !file.path.endsWith(".jq"))) {
    const packed = withoutComments(content);
    expect([path, spawnSync("sh", ["-n"], { input: packed }).status]).toEqual([path, 0]);
    expect(packed).not.toMatch(/^[ \t]/m);
    const words = (text: string) =>
      text
        .replace(/^\s*#.*\n/gm, "")
        .replace(/\s+/g, " ")
        .trim();
    expect(words(packed)).toBe(words(content));
  }
});

test("a program keeps the comment at its beginning, which is its usage; everything else goes", () => {
  const body = "\n# comment\nf() {\n  # comment\n  g 'a # b'\n}\n";
  expect(withoutComments(`#!/bin/sh\n# usage\n${body}`)).toBe("#!/bin/sh\n# usage\nf() {\ng 'a # b'\n}\n");
  expect(withoutComments(`# what it is\n${body}`)).toBe("f() {\ng 'a # b'\n}\n");
});

test("no text of the agent continues over lines where a comment or the indentation would count", () => {
  for (const { path, content } of hostAgentSources()) {
    for (const [text] of content.matchAll(/<<-?'?(\w+)'?\n[\s\S]*?\n\1\n/g)) {
      expect([
        path,
        text
          .split("\n")
          .filter((line) => /^(?:\s|#|$)/.test(line))
          .slice(0, -1),
      ]).toEqual([path, []]);
    }
  }
});
