import * as fc from "fast-check";
import { Dockerfile, type ParseOptions } from "../../src/dockerfile/dockerfile.ts";
import { Platform } from "../../src/values/platform.ts";

const read = (text: string, options?: ParseOptions) => Dockerfile.parse(text, options);
const faults = (text: string, target?: string, options?: ParseOptions) =>
  read(text, options)
    .build(target)
    .faults.map(({ rule, line }) => `${rule}:${line}`);

describe("only what the build reaches can fail in what it does", () => {
  const broken = (line: string) =>
    `FROM a:1 AS idle\n${line}\nFROM a:1 AS used\nFROM used AS last\nCOPY --from=used /x /x\n`;

  it.each([
    ["a signal", "STOPSIGNAL NOPE"],
    ["a port", "EXPOSE nope"],
    ["a mode", "COPY --chmod=9 a /b"],
    ["a mount", "RUN --mount=type=nope a"],
    ["a variable", "USER ${A"],
    ["a heredoc", "COPY <<E /f\n${A\nE"],
    ["no command", "RUN []"],
  ])("%s", (_, line) => {
    expect(faults(broken(line))).toEqual([]);
    expect(faults(broken(line), "idle")).toHaveLength(1);
    expect(faults(`${broken(line)}COPY --from=idle /x /x\n`)).toHaveLength(1);
    expect(faults(`${broken(line)}RUN --mount=from=idle,target=/x a\n`)).toHaveLength(1);
    expect(faults(`${broken(line)}FROM idle`)).toHaveLength(1);
  });

  it.each([
    ["a stage's number", "COPY --from=9 /a /b", "SW1050:2"],
    ["a circle", "COPY --from=idle /a /b", "SW1051:1"],
    ["an image to copy from", "COPY --from=A:1 /a /b", "SW1003:2"],
    ["a variable to copy from", "COPY --from=$A /a /b", "SW1007:2"],
  ])("%s counts everywhere", (_, line, fault) => expect(faults(broken(line))).toEqual([fault]));

  it.each([
    ["FROM $A AS b\nFROM c:1", "SW1003:1"],
    ["FROM 'a", "SW1004:1"],
    ["FROM --platform=a/b/c/d x:1 AS y\nFROM c:1", "SW1052:1"],
    ["ARG A='b\nFROM c:1", "SW1004:1"],
    ["ARG A=${B:?c}\nFROM c:1", "SW1004:1"],
  ])("the names of base images count everywhere: %j", (text, fault) => expect(faults(text)).toEqual([fault]));
});

describe("what hangs on the base image or the platform is not judged", () => {
  it.each([
    "FROM a:1\nEXPOSE $P\nSTOPSIGNAL $S\nVOLUME $V\nCOPY --chmod=$M a /b\nUSER ${U:?}\nRUN --mount=type=$T,target=$D x",
    "FROM a:1\nRUN --mount=type=cache x",
    "FROM a:$TARGETARCH\nFROM --platform=$BUILDPLATFORM b:1",
  ])("%j", (text) => expect(faults(text)).toEqual([]));

  it.each([
    ["FROM a:1$TARGETVARIANT", "a:1", "linux/amd64"],
    ["FROM a:$TARGETARCH$TARGETVARIANT", "a:armv7", "linux/arm/v7"],
    ["FROM a:$TARGETOS-$BUILDARCH", "a:linux-arm64", "linux/arm64"],
    ["ARG TARGETARCH=x\nFROM a:$TARGETARCH", "a:x", "linux/amd64"],
  ])("%s is %s for a platform", (text, name, platform) => {
    expect(read(text, { platform }).images[0]?.name).toBe(name);
    expect(read(text, { platform: Platform.parse(platform) }).images[0]?.name).toBe(name);
  });

  it("takes a builder's platform apart from the target's, and one that nobody knows", () => {
    const text = "FROM a:$BUILDARCH-$TARGETARCH";
    const image = (buildPlatform?: string) =>
      read(text, { platform: "linux/arm64", ...(buildPlatform ? { buildPlatform } : {}) }).images[0]?.name;
    expect([image(), image("linux/amd64"), image("unknown")]).toEqual(["a:arm64-arm64", "a:amd64-arm64", undefined]);
    expect(() => read("FROM a", { platform: "nope" })).toThrow("must be an operating system and an architecture");
  });

  it("knows the stage that is built", () => {
    const text = "FROM scratch AS a\nARG TARGETSTAGE\nUSER $TARGETSTAGE\nFROM a AS b\n";
    expect(read(text).user).toBe("b");
    expect(read(text).stage("A").user).toBe("A");
    expect(read(`${text}FROM a`).user).toBe("default");
  });
});

describe("what a stage triggers in those that build upon it", () => {
  const base = (...triggers: string[]) => `FROM scratch AS base\n${triggers.map((it) => `ONBUILD ${it}\n`).join("")}`;

  it("comes before the stage's own instructions, once, and not one stage further", () => {
    const text = base("USER a", "EXPOSE 80", 'ENTRYPOINT ["e"]', 'CMD ["c"]', "COPY f /f", "VOLUME /v", "ENV P=81");
    const child = read(`${text}FROM base AS child\nEXPOSE $P\n`);
    expect([child.user, child.entrypoint, child.cmd, child.declaredVolumes]).toEqual(["a", ["e"], ["c"], ["/v"]]);
    expect(child.exposedPorts.map(({ port, line }) => [port, line])).toEqual([
      [80, 9],
      [81, 10],
    ]);
    expect(child.build().files).toEqual(["f"]);
    const own = read(`${text}FROM base\nUSER b\nCMD ["d"]\nFROM base AS child\nFROM child\nEXPOSE 1`);
    expect([own.stages[1]?.user, own.stages[1]?.cmd, own.user]).toEqual(["b", ["d"], "a"]);
    expect(read(text).user).toBe("");
    expect(own.exposedPorts.map(({ port }) => port)).toEqual([80, 81, 1].filter((port) => port !== 81));
  });

  it("brings images and stages that only the trigger names, and what is wrong with them", () => {
    const text = base("COPY --from=b:1 /x /x", "RUN --mount=from=tool,target=/t x");
    const file = read(`FROM t:1 AS tool\n${text}FROM base`);
    expect(file.build().images.map(({ written }) => written)).toEqual(["t:1", "b:1"]);
    expect(file.build().stages.map(({ name }) => name)).toEqual(["tool", "base", undefined]);
    expect(file.images.map(({ written }) => written)).toEqual(["t:1", "b:1"]);
    expect(faults(`${base("EXPOSE x")}FROM base`)).toEqual(["DL3011:3"]);
    expect(faults(`${base("EXPOSE x")}FROM a:1`)).toEqual([]);
    expect(
      faults(`${base("COPY --from=later /x /x")}FROM base\nFROM a:1 AS later\nFROM a:1\nCOPY --from=1 /x /x`),
    ).toEqual(["SW1050:3"]);
    expect(faults(`${base("COPY <<E /f\n$A\nE")}FROM base`)).toEqual([]);
  });
});

describe("what a build asks for", () => {
  it.each<[string, string[]]>([
    ["COPY a ./b/ c/../d /x/", ["a", "b", "d"]],
    ["COPY . /x", ["."]],
    ["COPY a /x\nCOPY / /y", ["."]],
    ["COPY --from=b:1 a /x", []],
    ["COPY <<E /x\na\nE", []],
    ["ADD https://a/b /x", []],
    ["ADD a https://a/b /x/", ["a"]],
    ["ADD a https://a/$FROM_THE_BASE /x/", ["a"]],
    ["RUN --mount=source=a,target=/x b", ["a"]],
    ["RUN --mount=target=/x b", ["."]],
    ["RUN --mount=type=cache,target=/x b", []],
    ["RUN --mount=type=secret,id=x b", []],
    ["ENV A=q\nCOPY $A /x", ["q"]],
    ["COPY $FROM_THE_BASE /x", ["."]],
  ])("%j", (line, files) => expect(read(`FROM a:1\n${line}`).build().files).toEqual(files));

  it("images, those of stages that it does not reach left out", () => {
    const file = read("FROM a:1 AS x\nCOPY --from=b:1 /c /c\nFROM d:1 AS y\nFROM e:1\nCOPY --from=x /c /c");
    expect(file.build().images.map(({ written }) => written)).toEqual(["a:1", "e:1", "b:1"]);
    expect(file.build("y").images.map(({ written }) => written)).toEqual(["d:1"]);
    expect(() => file.build("z")).toThrow("use one of x, y");
  });
});

it("BuildKit's own checks speak by their names, and only where they are not switched off", () => {
  const text = [
    "# check=skip=StageNameCasing",
    "ARG V=1",
    "from --platform=linux/amd64 scratch as One",
    "WORKDIR a",
    "ENV TOKEN x",
    "# check=skip=JSONArgsRecommended",
    "CMD a",
    "CMD b $C",
    "USER $C",
    "EXPOSE 80/TCP 1:2",
    "MAINTAINER x",
    "FROM --platform=$TARGETPLATFORM a:$V AS scratch",
    "FROM one AS scratch",
  ].join("\n");
  const said = read(text, { platform: "linux/amd64" }).build("one").warnings;
  expect(said.map(({ check, line }) => `${check}:${line}`).sort()).toEqual(
    [
      "ConsistentInstructionCasing:3",
      "DuplicateStageName:13",
      "ExposeInvalidFormat:10",
      "ExposeProtoCasing:10",
      "FromPlatformFlagConstDisallowed:3",
      "JSONArgsRecommended:8",
      "LegacyKeyValueFormat:5",
      "MaintainerDeprecated:11",
      "MultipleInstructionsDisallowed:7",
      "RedundantTargetPlatform:12",
      "ReservedStageName:12",
      "ReservedStageName:13",
      "SecretsUsedInArgOrEnv:5",
      "UndefinedVar:9",
      "WorkdirRelativePath:4",
    ].sort(),
  );
});

it("follows long chains of stages without running out of stack", () => {
  const chain = Array.from({ length: 12_000 }, (_, at) =>
    at === 0 ? "FROM a:1" : `FROM a:1\nCOPY --from=${at - 1} /x /x`,
  );
  expect(faults(chain.join("\n"))).toEqual([]);
  const circle = [...chain, "FROM a:1 AS z\nCOPY --from=z /x /x"];
  expect(faults(circle.join("\n"))).toContain("SW1051:24000");
});

test("what no build reaches changes nothing that a build asks for", () => {
  const word = fc.constantFrom("a", "/b", "$A", "${A:-c}", "80", "nope", "9", "${", "type=cache,target=/c", "b:1");
  const line = fc
    .tuple(
      fc.constantFrom("USER", "EXPOSE", "STOPSIGNAL", "VOLUME", "WORKDIR", "COPY", "RUN --mount=", "ENV A="),
      word,
      word,
    )
    .map(([keyword, first, second]) => `${keyword}${keyword.endsWith("=") ? "" : " "}${first} ${second}`);
  const reads = (text: string) => {
    try {
      return read(text);
    } catch {
      return undefined;
    }
  };
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), fc.array(line, { maxLength: 4 }), (used, idle) => {
      const alone = reads(["FROM a:1 AS used", ...used].join("\n"));
      const beside = reads(["FROM scratch AS idle", ...idle, "FROM a:1 AS used", ...used].join("\n"));
      if (!alone || !beside) return;
      const [one, other] = [alone.build(), beside.build()];
      expect(other.faults.map(({ rule, reason }) => [rule, reason])).toEqual(
        one.faults.map(({ rule, reason }) => [rule, reason]),
      );
      expect(other.files).toEqual(one.files);
      expect(other.images.map(({ name }) => name)).toEqual(one.images.map(({ name }) => name));
    }),
  );
});
