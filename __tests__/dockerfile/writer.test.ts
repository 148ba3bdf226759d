import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import type { Instruction } from "../../src/dockerfile/instructions/instruction.ts";
import type { DockerfileWriter } from "../../src/dockerfile/writer/dockerfile-writer.ts";
import { writeInstruction } from "../../src/dockerfile/writer/write-instruction.ts";
import { refusal } from "./refusal.ts";

type Writer = DockerfileWriter<Dockerfile>;
const { literal, expand } = Dockerfile;

/** What `write` adds after `FROM a`. */
function written(write: (file: Writer) => Writer): string {
  const start = Dockerfile.from("a");
  return write(start).toString().slice(start.toString().length).replace(/\n$/, "");
}

it("writes a whole file", () => {
  const file = Dockerfile.preamble({ syntax: "docker/dockerfile:1" })
    .arg("VERSION", "3.12")
    .from("python:${VERSION}-slim", { as: "build", platform: "$BUILDPLATFORM" })
    .workdir("/app")
    .copy("requirements.txt", "./")
    .run(["pip", "install", "-r", "requirements.txt"], { mounts: [{ type: "cache", target: "/root/.cache/pip" }] })
    .copy(".", ".")
    .from("gcr.io/distroless/python3")
    .copy("/app", "/app", { from: "build", chown: "1000:1000" })
    .comment("nobody needs root here")
    .user(1000)
    .expose(8080)
    .entrypoint(["python3"])
    .cmd(["-m", "app"])
    .toDockerfile();
  expect(file.text).toBe(`# syntax=docker/dockerfile:1
ARG VERSION=3.12

FROM --platform=$BUILDPLATFORM python:\${VERSION}-slim AS build
WORKDIR /app
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip ["pip", "install", "-r", "requirements.txt"]
COPY . .

FROM gcr.io/distroless/python3
COPY --from=build --chown=1000:1000 /app /app
# nobody needs root here
USER 1000
EXPOSE 8080
ENTRYPOINT ["python3"]
CMD ["-m", "app"]
`);
  expect(file.images.map(({ name }) => name)).toEqual(["python:3.12-slim", "gcr.io/distroless/python3"]);
  expect(file.stage().startArguments).toEqual(["python3", "-m", "app"]);
});

it("leaves the shorter file as it was", () => {
  const start = Dockerfile.from("scratch");
  expect([start.user("a"), start.user("b"), start].map(String)).toEqual([
    "FROM scratch\nUSER a\n",
    "FROM scratch\nUSER b\n",
    "FROM scratch\n",
  ]);
});

it.each<[string, (file: Writer) => Writer, string]>([
  ["a variable", (f) => f.env({ PATH: expand("/my bin:$PATH") }), 'ENV PATH="/my bin:$PATH"'],
  ["a dollar sign", (f) => f.env({ A: literal("pa$word") }), 'ENV A="pa\\$word"'],
  ["quotes and backslashes", (f) => f.env({ A: `a "b" 'c' \\d` }), `ENV A="a \\"b\\" 'c' \\\\d"`],
  ["an empty value", (f) => f.env({ A: "", B: "c" }), 'ENV A="" B=c'],
  ["labels", (f) => f.label({ "org.opencontainers.image.title": "A b" }), 'LABEL org.opencontainers.image.title="A b"'],
  ["an argument", (f) => f.arg("A"), "ARG A"],
  ["an argument's default", (f) => f.arg("A", "b c"), 'ARG A="b c"'],
  ["a shell command", (f) => f.run({ shell: "a && b | c" }), "RUN a && b | c"],
  ["a command like a flag", (f) => f.run({ shell: "--x" }), "RUN -- --x"],
  ["a script", (f) => f.run({ script: "a\n\nEOF\n" }), "RUN <<EOF1\na\n\nEOF\nEOF1"],
  ["a script's last line", (f) => f.run({ script: "#!/bin/sh\na" }), "RUN <<EOF\n#!/bin/sh\na\nEOF"],
  ["odd arguments", (f) => f.run(["a b", '"', "\\", "\n", "$x"]), 'RUN ["a b", "\\"", "\\\\", "\\n", "$x"]'],
  [
    "network and security",
    (f) => f.run(["a"], { network: "none", security: "insecure" }),
    'RUN --network=none --security=insecure ["a"]',
  ],
  ["a device", (f) => f.run(["a"], { devices: ["vendor.com/gpu=all"] }), 'RUN --device=vendor.com/gpu=all ["a"]'],
  [
    "mounts",
    (f) =>
      f.run(["a"], {
        mounts: [
          { type: "bind", target: "/a,b", source: "c", from: "d", readWrite: true },
          { type: "cache", target: "/c", id: "e", sharing: "locked", mode: "0755", uid: 1, gid: 2 },
          { type: "tmpfs", target: "/t", size: "64m" },
          { type: "secret", id: "s", env: "S", required: true },
          { type: "ssh" },
        ],
      }),
    'RUN --mount="type=bind,\\"target=/a,b\\",source=c,from=d,rw=true"' +
      " --mount=type=cache,target=/c,id=e,sharing=locked,mode=0755,uid=1,gid=2" +
      " --mount=type=tmpfs,target=/t,size=64m" +
      " --mount=type=secret,id=s,env=S,required=true" +
      ' --mount=type=ssh ["a"]',
  ],
  ["blanks in paths", (f) => f.copy(["a b", "c"], "/d/"), 'COPY ["a b", "c", "/d/"]'],
  ["odd paths", (f) => f.copy(["it's", literal("$5")], "/d/"), "COPY it\\'s \\$5 /d/"],
  ["a path like a flag", (f) => f.copy("--x", "/d"), 'COPY ["--x", "/d"]'],
  ["a path like a heredoc", (f) => f.copy("<<EOF", "/d"), "COPY \\<\\<EOF /d"],
  ["variables in paths", (f) => f.copy(expand("$A"), expand("${B:-/b}")), "COPY $A ${B:-/b}"],
  [
    "every flag of copy",
    (f) =>
      f.copy("a", "/b", {
        from: "c",
        parents: true,
        chown: "$U:1",
        chmod: "u=rwX,go=rX",
        link: true,
        exclude: ["x y"],
      }),
    'COPY --from=c --parents --chown=$U:1 --chmod=u=rwX,go=rX --link --exclude="x y" a /b',
  ],
  [
    "files of text",
    (f) => f.copy([{ name: "a.txt", content: "$x\n" }, "b", { name: "c", content: "$y\n", expand: true }], "/d/"),
    'COPY b <<"a.txt" <<c /d/\n$x\na.txt\n$y\nc',
  ],
  [
    "every flag of add",
    (f) => f.add("https://a/b", "/c", { checksum: "sha256:0", keepGitDir: true, unpack: false, link: true }),
    "ADD --checksum=sha256:0 --keep-git-dir=true --unpack=false --link https://a/b /c",
  ],
  ["a folder with a blank", (f) => f.workdir("/a b"), 'WORKDIR "/a b"'],
  ["a user and group", (f) => f.user("a:b"), "USER a:b"],
  ["ports", (f) => f.expose(80, "53/udp", "8000-8010", "$PORT"), "EXPOSE 80 53/udp 8000-8010 $PORT"],
  ["volumes", (f) => f.volume("/a", "/b c"), 'VOLUME ["/a", "/b c"]'],
  ["a command taken away", (f) => f.cmd([]), "CMD []"],
  ["a shell form", (f) => f.entrypoint({ shell: "exec a $B" }), "ENTRYPOINT exec a $B"],
  [
    "a health check",
    (f) => f.healthcheck(["a"], { interval: 90, timeout: 0.5, startPeriod: 1e3, startInterval: 2, retries: 4 }),
    'HEALTHCHECK --interval=90s --timeout=0.5s --start-period=1000s --start-interval=2s --retries=4 CMD ["a"]',
  ],
  ["no health check", (f) => f.healthcheck("none"), "HEALTHCHECK NONE"],
  ["a shell", (f) => f.shell(["/bin/bash", "-o", "pipefail", "-c"]), 'SHELL ["/bin/bash", "-o", "pipefail", "-c"]'],
  ["a signal", (f) => f.stopsignal("SIGQUIT").stopsignal(9), "STOPSIGNAL SIGQUIT\nSTOPSIGNAL 9"],
  ["a trigger", (f) => f.onbuild((image) => image.run({ script: "a" })), "ONBUILD RUN <<EOF\na\nEOF"],
  ["another stage", (f) => f.from("b", { as: "c" }), "\nFROM b AS c"],
])("%s", (_, write, text) => expect(written(write)).toBe(text));

it("escapes by the character of the directive", () => {
  const file = Dockerfile.preamble({ escape: "`" }).from("a").env({ A: 'C:\\x "y" `z' }).copy("C:\\x y", "C:\\z\\");
  expect(file.toString()).toBe('# escape=`\nFROM a\nENV A="C:\\x `"y`" ``z"\nCOPY ["C:\\\\x y", "C:\\\\z\\\\"]\n');
});

const AMBIGUOUS = "has a value whose dollar sign may mean a variable or itself";

it.each<[string, (file: Writer) => unknown, string]>([
  ["a dollar sign that says nothing", (f) => f.env({ A: "$B" }), `ENV ${AMBIGUOUS}`],
  ["the same in a path", (f) => f.workdir("$B"), `WORKDIR ${AMBIGUOUS}`],
  ["a line feed in a value", (f) => f.env({ A: "b\nc" }), "ENV cannot hold a line feed or a NUL in a value"],
  ["a name with a blank", (f) => f.env({ "A B": "c" }), "ENV has a name that no variable or label can have"],
  ["an argument's name", (f) => f.arg("a-b"), "ARG has a name that no build argument can have"],
  ["no variable", (f) => f.env({}), "ENV needs at least one argument"],
  ["no command", (f) => f.run([]), "RUN needs a command"],
  ["a shell command of two lines", (f) => f.run({ shell: "a\nb" }), "RUN takes a shell command of one line"],
  [
    "a shell command that is continued",
    (f) => f.run({ shell: "a \\" }),
    "RUN cannot say this: the builder would read its command as something else",
  ],
  [
    "a shell command that is JSON",
    (f) => f.run({ shell: '["a"]' }),
    "RUN cannot say this: the builder would read its command as something else",
  ],
  ["a heredoc that is not ended", (f) => f.run({ shell: "cat <<EOF" }), "RUN cannot say this: a heredoc is not ended"],
  [
    "half a surrogate pair",
    (f) => f.run(["\ud800"]),
    "RUN cannot say this: the builder would read its command as something else",
  ],
  [
    "a line that is too long",
    (f) => f.run({ shell: "a".repeat(70_000) }),
    "RUN cannot say this: a line holds at most 65535 bytes",
  ],
  [
    "a mount that cannot be",
    (f) => f.run(["a"], { mounts: [{ type: "cache", target: "/a", mode: "9" }] }),
    "RUN cannot be built: a mount's mode cannot be 9",
  ],
  [
    "a mount with a quote",
    (f) => f.run(["a"], { mounts: [{ type: "bind", target: '"' }] }),
    "RUN takes no quote, backslash or line feed in a mount",
  ],
  ["no source", (f) => f.copy([], "/a"), "COPY needs a source"],
  ["an empty path", (f) => f.copy("", "/a"), "COPY takes no empty path"],
  ["a variable as a stage", (f) => f.copy("a", "/b", { from: "$c" }), "COPY takes no variable in from"],
  [
    "letters that flags garble",
    (f) => f.copy("a", "/b", { chown: "é" }),
    "COPY cannot say this: the builder would read its chown as something else",
  ],
  [
    "a text without its last line feed",
    (f) => f.copy({ name: "a", content: "b" }, "/c"),
    "COPY holds a file of text in whole lines",
  ],
  [
    "a text that ends itself",
    (f) => f.copy({ name: "a", content: "a\n" }, "/c"),
    "COPY cannot say this: it would end early, and the rest would be read as more instructions",
  ],
  [
    "a text's path",
    (f) => f.copy({ name: "a/b", content: "" }, "/c"),
    "COPY names a file of text by letters, digits, dots, dashes and underscores",
  ],
  ["a port", (f) => f.expose(0), "EXPOSE takes ports from 1 to 65535"],
  ["a host's port", (f) => f.expose("8080:80"), "EXPOSE takes ports from 1 to 65535"],
  ["no port", (f) => f.expose(), "EXPOSE needs at least one argument"],
  ["times of no check", (f) => f.healthcheck("none", { retries: 1 }), "HEALTHCHECK takes no times with none"],
  ["a time too short", (f) => f.healthcheck(["a"], { interval: 1e-6 }), "HEALTHCHECK takes times of at least 1ms"],
  ["a shell of nothing", (f) => f.shell([]), "SHELL needs at least one argument"],
  [
    "a trigger's trigger",
    (f) => f.onbuild((image) => image.onbuild((inner) => inner.user("a"))),
    "ONBUILD takes no ONBUILD",
  ],
  ["a trigger's fault", (f) => f.onbuild((image) => image.copy([], "/a")), "ONBUILD COPY needs a source"],
  ["an image's name", (f) => f.from("Nope"), "FROM takes an image whose name must be lower case"],
  [
    "a stage's name",
    (f) => f.from("a", { as: "B" }),
    "FROM names a stage by a lower-case letter, then letters, digits, - _ and .",
  ],
])("refuses %s", (_, write, reason) => {
  const error = refusal(() => write(Dockerfile.from("a").user("b")));
  expect([error.reason, error.line]).toEqual([reason, reason.startsWith("FROM") ? 4 : 3]);
});

it("refuses directives that could not be read", () => {
  expect(refusal(() => Dockerfile.preamble({ syntax: "a\nUSER b" })).line).toBe(1);
  expect(refusal(() => Dockerfile.preamble({ escape: "x" as "`" })).line).toBe(1);
});

it("never writes MAINTAINER, nor a trigger that is no instruction", () => {
  const instructions: Instruction[] = [{ keyword: "MAINTAINER", name: "a" }, { keyword: "ONBUILD" }];
  for (const instruction of instructions) expect(() => writeInstruction(instruction)).toThrow();
});

it("tells no secret in a refusal", () => {
  for (const value of ["hunter2 $x", "hunter2\n"]) {
    expect(refusal(() => Dockerfile.from("a").env({ A: value })).message).not.toContain("hunter2");
    expect(refusal(() => Dockerfile.from("a").run({ shell: `echo ${value}\n \\` })).message).not.toContain("hunter2");
  }
});
