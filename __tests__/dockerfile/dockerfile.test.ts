import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import { DockerfileError } from "../../src/dockerfile/dockerfile-error.ts";
import { InvalidValueError } from "../../src/values/invalid-value-error.ts";

const lines = (...text: string[]) => text.join("\n");
const parse = (...text: string[]) => Dockerfile.parse(lines(...text));

const WHOLE = parse(
  "# syntax=docker/dockerfile:1",
  "ARG VERSION=3.12",
  "FROM --platform=$BUILDPLATFORM python:${VERSION}-slim AS Build",
  "ARG MODE=prod",
  "RUN --mount=type=secret,id=npm,required \\",
  "    --mount=type=secret,target=/run/x/pip make",
  "FROM scratch",
  "COPY --from=build /app /app",
  "COPY --from=nginx:1.27 /etc/nginx /etc/nginx",
  "RUN --mount=from=busybox:1.36,target=/b true",
  "ENV PORT=8080",
  "EXPOSE $PORT 53/udp 9000-9002",
  'USER "1000:1000"',
  "HEALTHCHECK --interval=5s CMD true",
  'ENTRYPOINT ["python"]',
  'CMD ["app.py"]',
);

it("tells what a file says", () => {
  expect(WHOLE.directives).toEqual({ syntax: "docker/dockerfile:1" });
  expect(WHOLE.instructions.map(({ keyword, range }) => [keyword, range.start, range.end]).slice(0, 5)).toEqual([
    ["ARG", 2, 2],
    ["FROM", 3, 3],
    ["ARG", 4, 4],
    ["RUN", 5, 6],
    ["FROM", 7, 7],
  ]);
  expect(WHOLE.stages.map(({ index, name }) => [index, name])).toEqual([
    [0, "build"],
    [1, undefined],
  ]);
  expect(WHOLE.buildArgs).toEqual([
    { name: "VERSION", default: "3.12", line: 2 },
    { name: "MODE", default: "prod", line: 4 },
  ]);
  expect(WHOLE.secrets).toEqual([
    { id: "npm", required: true, line: 5 },
    { id: "pip", required: false, line: 5 },
  ]);
  expect(WHOLE.exposedPorts.map(({ port, protocol }) => `${port}/${protocol}`)).toEqual([
    "8080/tcp",
    "53/udp",
    "9000/tcp",
    "9001/tcp",
    "9002/tcp",
  ]);
  expect(WHOLE.user).toBe("1000:1000");
  expect(WHOLE.healthCheck).toMatchObject({ interval: 5, range: { start: 14 } });
  expect(WHOLE.entrypoint).toEqual(["python"]);
  expect(WHOLE.cmd).toEqual(["app.py"]);
  expect(WHOLE.stage().startArguments).toEqual(["python", "app.py"]);
  expect(String(WHOLE)).toBe(WHOLE.text);
});

it("tells the images that a build needs", () => {
  expect(WHOLE.images.map(({ name, line }) => [name, line])).toEqual([
    ["python:3.12-slim", 3],
    ["nginx:1.27", 9],
    ["busybox:1.36", 10],
  ]);
  expect(WHOLE.images[0]).toMatchObject({ written: "python:${VERSION}-slim", platform: "$BUILDPLATFORM" });
  expect(WHOLE.images[0]?.reference?.toString()).toBe("docker.io/library/python:3.12-slim");
});

describe("what a stage starts from", () => {
  it("is an image, another stage or nothing", () => {
    const file = parse("FROM a:1 AS b", "FROM b", "FROM scratch", "FROM B", "FROM later AS x", "FROM c AS later");
    expect(file.baseImages.map(({ kind }) => kind)).toEqual(["image", "stage", "scratch", "image", "image", "image"]);
    expect(file.baseImages[1]).toEqual({ kind: "stage", written: "b", line: 2, stage: 0 });
  });

  it.each([
    ["ARG A=1", "x:${A}", {}, "x:1"],
    ["ARG A=1", "x:${A}", { A: "2" }, "x:2"],
    ["ARG A", "x:${A:-3}", {}, "x:3"],
    ["ARG A=1\nARG B=v$A", "x:$B", {}, "x:v1"],
    ["ARG A=1 B=$A", "x:$B", {}, "x:1"],
    ["ARG A=1", "x:${B}y", {}, "x:y"],
    ["ARG A=x", '"$A"', {}, "x"],
    ["ARG A", "$A", {}, undefined],
    ["ARG A=1", "x:$TARGETARCH", {}, undefined],
    ["ARG A=1", "x:$TARGETARCH", { TARGETARCH: "arm64" }, "x:arm64"],
    ["ARG A=1", "x:${A", {}, undefined],
  ])("%s, FROM %s, given %j", (args, from, buildArgs, name) => {
    const [base] = Dockerfile.parse(`${args}\nFROM ${from}`, {
      buildArgs: buildArgs as Record<string, string>,
    }).baseImages;
    expect(base).toMatchObject({ kind: "image", written: from });
    expect((base as { name?: string }).name).toBe(name);
  });
});

describe("what counts in the end", () => {
  it.each<[string[], readonly string[] | undefined, readonly string[] | undefined]>([
    [['CMD ["a"]', 'CMD ["b"]'], undefined, ["b"]],
    [['ENTRYPOINT ["a"]', 'ENTRYPOINT ["b"]'], ["b"], []],
    [['CMD ["x"]', 'ENTRYPOINT ["a"]'], ["a"], ["x"]],
    [["CMD a b"], undefined, ["/bin/sh", "-c", "a b"]],
    [['SHELL ["/bin/bash", "-c"]', "ENTRYPOINT a"], ["/bin/bash", "-c", "a"], []],
    [["ENTRYPOINT []", "CMD []"], [], []],
    [["USER a"], undefined, undefined],
  ])("%j", (text, entrypoint, cmd) => {
    const file = parse("FROM x", ...text);
    expect([file.entrypoint, file.cmd]).toEqual([entrypoint, cmd]);
  });

  it("builds upon other stages", () => {
    const base = ["FROM x AS a", "USER a", "EXPOSE 80", "HEALTHCHECK CMD true", 'CMD ["a"]', "ARG P=1", "ENV Q=2"];
    const kept = parse(...base, "FROM a", "EXPOSE 8$P$Q");
    expect([kept.user, kept.cmd, kept.exposedPorts.map(({ port }) => port)]).toEqual(["a", ["a"], [80, 812]]);
    expect(kept.healthCheck).toBeDefined();
    const dropped = parse(...base, "FROM a", 'ENTRYPOINT ["e"]', "HEALTHCHECK NONE");
    expect([dropped.entrypoint, dropped.cmd, dropped.healthCheck?.command]).toEqual([["e"], [], undefined]);
    expect(parse(...base, "FROM y").user).toBeUndefined();
    expect(parse("FROM scratch").stage().startArguments).toEqual([]);
  });

  it("takes variables as they are where they are used", () => {
    const file = parse("FROM scratch", "ARG P=1", "EXPOSE $P", "ENV P=2", "EXPOSE $P", "ENV P=3 Q=$P", "EXPOSE $Q");
    expect(file.exposedPorts.map(({ port }) => port)).toEqual([1, 2]);
    expect(parse("FROM x", "EXPOSE $FROM_THE_BASE 80 x 70000").exposedPorts.map(({ port }) => port)).toEqual([80]);
    expect(parse("ARG P=5", "FROM x", "ARG P", "EXPOSE $P").exposedPorts.map(({ port }) => port)).toEqual([5]);
    expect(parse("FROM x", "USER $FROM_THE_BASE").user).toBe("$FROM_THE_BASE");
  });

  it.each<[string[], string[]]>([
    [
      ["FROM x", "VOLUME /a /b", 'VOLUME ["/c d", "/a"]'],
      ["/a", "/b", "/c d"],
    ],
    [
      ["FROM x AS b", "VOLUME /a", "FROM b", "VOLUME /c"],
      ["/a", "/c"],
    ],
    [["FROM x AS b", "VOLUME /a", "FROM x"], []],
    [
      ["FROM x", "ENV D=/d", "VOLUME $D /${D}/e $FROM_THE_BASE"],
      ["/d", "//d/e", "$FROM_THE_BASE"],
    ],
  ])("tells the volumes of %j", (lines, volumes) => expect(parse(...lines).declaredVolumes).toEqual(volumes));

  it("follows a long chain of stages", () => {
    const chain = Array.from({ length: 5_000 }, (_, index) => `FROM ${index ? `s${index - 1}` : "x"} AS s${index}`);
    expect(parse(chain[0] ?? "", "USER a", ...chain.slice(1)).user).toBe("a");
  });
});

it("finds a stage by name in any letter case", () => {
  expect(WHOLE.stage("BUILD").index).toBe(0);
  expect(() => WHOLE.stage("nope")).toThrow(
    'Dockerfile line 16: has no stage of this name, got "nope": use one of build',
  );
});

it("throws errors that the token boundary knows", () => {
  const error = new DockerfileError({ line: 3, reason: "is wrong", got: "x", remedy: "mend it" });
  expect(error).toBeInstanceOf(InvalidValueError);
  expect([error.name, error.line, error.reason]).toEqual(["DockerfileError", 3, "is wrong"]);
  expect(error.message).toBe('Dockerfile line 3: is wrong, got "x": mend it');
});
