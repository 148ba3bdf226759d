import { spawnSync } from "node:child_process";
import { hostAgentFiles, hostAgentSources } from "../../../src/aws/nano/agent-files.ts";
import { withoutComments } from "../../../src/host-agent/agent-files.ts";

const PARTS = "lib/slipway";
const contentOf = (path: string, files = hostAgentFiles()) => files.find((file) => file.path === path)?.content ?? "";

test("a host carries the agent, and the core and the probes that every kind of host shares", () => {
  const files = hostAgentFiles();
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(["sbin/slipway", `${PARTS}/driver.sh`, `${PARTS}/core.sh`]));
  expect(paths).toEqual(expect.arrayContaining([`${PARTS}/probes/http.sh`, `${PARTS}/probes/tcp.sh`]));
  expect(paths).toEqual([...new Set(paths)]);
  expect(paths.filter((path) => path.endsWith(".ts"))).toEqual([]);
  expect(paths).toEqual(expect.arrayContaining(["host/etc/nginx/nginx.conf", "first/sites.conf"]));
  const programs = files.filter(({ permissions }) => permissions === "0755").map(({ path }) => path);
  expect(programs).toEqual(["sbin/slipway"]);
});

test("the agent reads every part that it carries", () => {
  const parts = hostAgentFiles().flatMap(({ path }) => /^lib\/slipway\/([a-z-]+\.sh)$/.exec(path)?.[1] ?? []);
  const read = [...contentOf("sbin/slipway").matchAll(/^\. "\$PARTS\/(.*)"$/gm)].map(([, name]) => name);
  // dehydrated calls it, which is told where it is
  expect(parts.filter((name) => !read.includes(name))).toEqual(["dns-challenge.sh"]);
  expect(contentOf("lib/slipway/tls.sh")).toContain('"$PARTS/dns-challenge.sh"');
});

test("every part that the agent reads is there", () => {
  const read = [...contentOf("sbin/slipway").matchAll(/^\. "\$PARTS\/(.*)"$/gm)].map(([, name]) => name);
  expect(read).toContain("core.sh");
  const parts = hostAgentFiles().map(({ path }) => path);
  expect(read.filter((name) => !parts.includes(`${PARTS}/${name}`))).toEqual([]);
});

test("every file says the same without its comments, by the shell's own reading", () => {
  for (const { path, content } of hostAgentSources().filter((file) => !file.path.endsWith(".jq"))) {
    const packed = contentOf(path);
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
