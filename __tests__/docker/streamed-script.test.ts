import { spawn } from "node:child_process";
import { once } from "node:events";
import { STREAMED } from "../../src/docker/buildx-build.ts";

/** Runs a text of shell that has the function, and the command as its first argument. */
function start(text: string, command: string) {
  const words = ["-uc", `. "${STREAMED}"; ${text}`, "sh", command];
  const child = spawn("sh", words, { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    said += chunk;
  });
  return { child, said: () => said, end: () => once(child, "close").then(([code]) => ({ code, said })) };
}

test("a line is there while the command goes on, and all of them are kept", async () => {
  const { child, said, end } = start(
    `streamed sh -c "$1" && printf '[%s]' "$said"`,
    "echo one; read -r go; echo two >&2",
  );
  await once(child.stdout, "data");
  expect(said()).toBe("one\n");
  child.stdin.end("go\n");
  expect(await end()).toEqual({ code: 0, said: "one\ntwo\n[one\ntwo\n]" });
});

test.each([
  ["exit 3", 3, ""],
  ["printf 'no end'; exit 1", 1, "no end"],
  ["printf '  a\\\\b $HOME\\n\\nc\\n'", 0, "  a\\b $HOME\n\nc\n"],
])("the status and the bytes of %j are the command's own", async (command, status, kept) => {
  const { said } = await start(`streamed sh -c "$1" >/dev/null; printf '%s|%s' "$?" "$said"`, command).end();
  expect(said).toBe(`${status}|${kept}`);
});
