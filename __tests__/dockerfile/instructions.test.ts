import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import { readDuration } from "../../src/dockerfile/instructions/healthcheck.ts";
import type { Instruction } from "../../src/dockerfile/instructions/instruction.ts";
import { refusal } from "./refusal.ts";

function read(text: string): Partial<Instruction> {
  const [, statement] = Dockerfile.parse(`FROM a\n${text}\n`).instructions;
  const { range, comments, source, pieces, heredocs, emptyContinuations, ...instruction } = statement ?? {};
  return instruction as Partial<Instruction>;
}

const shell = (text: string) => ({ form: "shell", text, heredocs: [] });
const transfer = { files: [], link: false, exclude: [] };

it.each<[string, Partial<Instruction>]>([
  ["FROM --platform=$P b:1 AS Name", { keyword: "FROM", image: "b:1", as: "name", platform: "$P" }],
  ["from b", { keyword: "FROM", image: "b" }],
  ["ARG a b=c d=", { keyword: "ARG", args: [{ name: "a" }, { name: "b", value: "c" }, { name: "d", value: "" }] }],
  ["ARG --x a", { keyword: "ARG", args: [{ name: "a" }] }],
  ["ENV A=b", { keyword: "ENV", variables: [{ name: "A", value: "b" }] }],
  ["ENV A b c", { keyword: "ENV", variables: [{ name: "A", value: "b c", legacy: true }] }],
  [
    "LABEL a=b c=d",
    {
      keyword: "LABEL",
      labels: [
        { name: "a", value: "b" },
        { name: "c", value: "d" },
      ],
    },
  ],
  ["RUN a b", { keyword: "RUN", command: shell("a b"), mounts: [], devices: [] } as Partial<Instruction>],
  ['RUN ["a"]', { keyword: "RUN", command: { form: "exec", argv: ["a"] }, mounts: [], devices: [] }],
  [
    "RUN --mount=type=cache,target=/x --network=none --security=insecure --device=gpu <<E\nx\nE",
    {
      keyword: "RUN",
      command: { form: "shell", text: "<<E", heredocs: [{ name: "E", content: "x\n", chomp: false }] },
      mounts: ["type=cache,target=/x"],
      devices: ["gpu"],
      network: "none",
      security: "insecure",
    },
  ],
  [
    "COPY --from=b --chown=1:2 --chmod=755 --link --parents --exclude=x --exclude=y a /b/",
    {
      keyword: "COPY",
      sources: ["a"],
      files: [],
      destination: "/b/",
      from: "b",
      chown: "1:2",
      chmod: "755",
      link: true,
      parents: true,
      exclude: ["x", "y"],
    },
  ],
  ['COPY ["a b", "c"]', { keyword: "COPY", ...transfer, sources: ["a b"], destination: "c", parents: false }],
  [
    "COPY a <<-E <<'F' /b/\n\t$x\n\tE\ny\nF",
    {
      keyword: "COPY",
      ...transfer,
      sources: ["a"],
      files: [
        { name: "E", content: "$x\n", expand: true },
        { name: "F", content: "y\n", expand: false },
      ],
      destination: "/b/",
      parents: false,
    },
  ],
  [
    "ADD --checksum=sha256:0 --keep-git-dir --unpack=FALSE https://x/y /z",
    {
      keyword: "ADD",
      ...transfer,
      sources: ["https://x/y"],
      destination: "/z",
      checksum: "sha256:0",
      keepGitDir: true,
      unpack: false,
    },
  ],
  ["WORKDIR /a b", { keyword: "WORKDIR", path: "/a b" }],
  ["USER a:b", { keyword: "USER", user: "a:b" }],
  ["EXPOSE 80 53/udp", { keyword: "EXPOSE", ports: ["80", "53/udp"] }],
  ["VOLUME /a /b", { keyword: "VOLUME", paths: ["/a", "/b"] }],
  ['VOLUME ["/a"]', { keyword: "VOLUME", paths: ["/a"] }],
  ["CMD", { keyword: "CMD", command: shell("") } as Partial<Instruction>],
  ["ENTRYPOINT []", { keyword: "ENTRYPOINT", command: { form: "exec", argv: [] } }],
  ["HEALTHCHECK none", { keyword: "HEALTHCHECK" }],
  [
    "HEALTHCHECK --interval=1m30s --timeout=.5s --start-period=0s --start-interval=1h --retries=+2 cmd a",
    {
      keyword: "HEALTHCHECK",
      command: shell("a"),
      interval: 90,
      timeout: 0.5,
      startInterval: 3600,
      retries: 2,
    } as Partial<Instruction>,
  ],
  ['SHELL ["/bin/bash", "-c"]', { keyword: "SHELL", argv: ["/bin/bash", "-c"] }],
  ["STOPSIGNAL SIGTERM", { keyword: "STOPSIGNAL", signal: "SIGTERM" }],
  ["ONBUILD USER a", { keyword: "ONBUILD", trigger: { keyword: "USER", user: "a" } }],
  ["ONBUILD NOPE", { keyword: "ONBUILD" }],
  ["MAINTAINER a <b@c>", { keyword: "MAINTAINER", name: "a <b@c>" }],
])("%s", (text, expected) => expect(read(text)).toEqual(expected));

it.each([
  ["NOPE x", "this is no instruction"],
  ["\u017fHELL []", "this is no instruction"],
  ["FROM", "FROM takes an image, or an image AS a name"],
  ["FROM a b", "FROM takes an image, or an image AS a name"],
  ["FROM a AS 1b", "FROM names a stage by a letter, then letters, digits, - _ and ."],
  ["FROM --nope=x a", "FROM has an unknown flag"],
  ["ARG", "ARG needs at least one argument"],
  ["ARG =x", "ARG needs a name before the ="],
  ["ENV", "ENV needs at least one argument"],
  ["ENV =x", "ENV needs a name before the ="],
  ["ENV --x A=b", "ENV has an unknown flag"],
  ["RUN --mount x", "RUN has a flag without a value"],
  ["RUN --mount= x", "RUN takes a flag with at least one field"],
  ['RUN --mount=a\\"b x', 'RUN has a " inside a field that is not quoted'],
  ["RUN --mount=from=$x y", "RUN takes no variable in a mount's from"],
  ["RUN --network=x y", "RUN takes --network=default, none or host"],
  ["RUN --network= y", "RUN takes --network=default, none or host"],
  ["RUN --security=x y", "RUN takes --security=sandbox or insecure"],
  ["RUN --device=a,b y", "RUN takes no such field in a device"],
  ["RUN --device=a,required=x y", "RUN takes a device's required as true or false"],
  ["RUN --network=none --network=none y", "RUN takes a flag once"],
  ["COPY a", "COPY needs a source and a destination"],
  ["COPY --link=x a b", "COPY --link takes true or false"],
  ["COPY --link= a b", "COPY --link takes true or false"],
  ["COPY --from a b", "COPY has a flag without a value"],
  ['COPY ["a", "<<E"]', "COPY takes no heredoc as its destination"],
  ["ADD --from=x a b", "ADD has an unknown flag"],
  ["WORKDIR", "WORKDIR takes one argument"],
  ["STOPSIGNAL", "STOPSIGNAL takes one argument"],
  ["VOLUME []", "VOLUME needs at least one argument"],
  ['VOLUME [" "]', "VOLUME takes no empty path"],
  ["CMD --x a", "CMD has an unknown flag"],
  ["SHELL bash", "SHELL takes a JSON array"],
  ["SHELL []", "SHELL needs at least one argument"],
  ["HEALTHCHECK", "HEALTHCHECK needs CMD and a command, or NONE"],
  ["HEALTHCHECK x", "HEALTHCHECK takes CMD or NONE"],
  ["HEALTHCHECK CMD", "HEALTHCHECK needs a command after CMD"],
  ["HEALTHCHECK NONE x", "HEALTHCHECK takes nothing after NONE"],
  ["HEALTHCHECK --interval=1 CMD x", "HEALTHCHECK has a duration without a unit"],
  ["HEALTHCHECK --interval=1us CMD x", "HEALTHCHECK takes times of at least 1ms"],
  ["HEALTHCHECK --interval=-1s CMD x", "HEALTHCHECK takes times of at least 1ms"],
  ["HEALTHCHECK --retries=x CMD x", "HEALTHCHECK takes --retries as a whole number"],
  ["HEALTHCHECK --retries=-1 CMD x", "HEALTHCHECK takes --retries from 0 to 2147483647"],
  ["ONBUILD", "ONBUILD needs an instruction"],
  ["ONBUILD FROM a", "ONBUILD takes no FROM"],
  ["ONBUILD maintainer a", "ONBUILD takes no MAINTAINER"],
  ["ONBUILD MAINTAINER\u00a0 a", "ONBUILD takes no MAINTAINER"],
])("refuses %s", (text, reason) => {
  expect(refusal(() => Dockerfile.parse(`FROM a\n\n${text}\n`))).toMatchObject({ line: 3, reason });
});

it.each([
  ["USER a\nFROM b", 1, "only ARG may stand before the first FROM"],
  ["ARG a\n\nARG b", 3, "the file has no stage"],
])("refuses a file without a stage where it needs one: %j", (text, line, reason) => {
  expect(refusal(() => Dockerfile.parse(text))).toMatchObject({ line, reason });
});

it.each([
  ["FROM a\nCOPPY b c", 'Dockerfile line 2: this is no instruction, got "COPPY": did you mean COPY?'],
  ["FROM a\nCOPY --form=b c d", 'Dockerfile line 2: COPY has an unknown flag, got "--form": did you mean --from?'],
])("names the likely slip: %j", (text, message) => {
  expect(refusal(() => Dockerfile.parse(text)).message).toBe(message);
});

it.each(["ENV A=hunter2 =hunter2", "ENV A=hunter2 hunter2", "ARG A=hunter2 =hunter2", "LABEL A=hunter2 hunter2"])(
  "never repeats a value that may be a secret: %s",
  (text) => expect(refusal(() => Dockerfile.parse(`FROM a\n${text}`)).message).not.toContain("hunter"),
);

it.each([
  ["1h2m3s4ms5us6ns", 3_723_004_005_006n],
  ["1.5h", 5_400_000_000_000n],
  [".25s", 250_000_000n],
  ["-1s", -1_000_000_000n],
  ["0", 0n],
  ["9223372036854775807ns", 9_223_372_036_854_775_807n],
])("reads the duration %s", (text, nanoseconds) => expect(readDuration(text)).toBe(nanoseconds));

it.each(["", "+", "1", "s", ".s", "1.2.3s", "1x", "1s ", "9223372036854775808ns", "99999999999h"])(
  "refuses the duration %j",
  (text) => expect(() => readDuration(text)).toThrow(),
);
