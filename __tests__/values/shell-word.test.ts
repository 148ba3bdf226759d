import { spawnSync } from "node:child_process";
import { shellWord } from "../../src/values/shell-word.ts";

test.each(["linux/amd64,linux/arm64", "A=1"])("%s stays as it is", (text) => expect(shellWord(text)).toBe(text));

test.each(["", "it's", "$(id) `id` ${HOME}", 'a "b"\n\\n;c', "*", "~", "-n", "a b", "é"])(
  "%j reaches a program as it is",
  (text) => {
    const { stdout } = spawnSync("/bin/sh", ["-c", `printf %s ${shellWord(text)}`], { encoding: "utf8" });
    const words = spawnSync("/bin/sh", ["-c", `set -- ${shellWord(text)} end; echo $#`], { encoding: "utf8" });
    expect([stdout, words.stdout]).toEqual([text, "2\n"]);
  },
);
