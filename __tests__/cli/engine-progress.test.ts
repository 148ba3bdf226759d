import { EngineProgress } from "../../src/cli/engine-progress.ts";

const DIGEST = `sha256:${"ab".repeat(32)}`;

/** Lines as an engine writes them, what of each is worth a line in a log, and what is told after it. */
const told = (lines: readonly string[]) => {
  const progress = new EngineProgress();
  return lines.map((line) => [progress.read(line), progress.now()]);
};

test("of a build each step is told, and what it says, without its own clock and with short digests", () => {
  expect(
    told([
      '#0 building with "default" instance using docker driver',
      "#1 [internal] load build definition from Dockerfile",
      "#1 transferring dockerfile: 32B done",
      "#5 [1/3] FROM docker.io/library/python:3.12-slim",
      `#5 ${DIGEST} 12.58MB / 45.20MB 1.2s`,
      "",
      "#6 [2/3] RUN pip install flask",
      "#6 1.234 Collecting flask",
      "#6 ...",
      "#5 [1/3] FROM docker.io/library/python:3.12-slim",
      "#5 DONE 3.2s",
    ]),
  ).toEqual([
    [[], 'building with "default" instance using docker driver'],
    [[], "[internal] load build definition from Dockerfile"],
    [[], "[internal] load build definition from Dockerfile: transferring dockerfile: 32B done"],
    [["[1/3] FROM docker.io/library/python:3.12-slim"], "[1/3] FROM docker.io/library/python:3.12-slim"],
    [[], "[1/3] FROM docker.io/library/python:3.12-slim: layer ababab 12.58MB / 45.20MB 1.2s"],
    [[], "[1/3] FROM docker.io/library/python:3.12-slim: layer ababab 12.58MB / 45.20MB 1.2s"],
    [["[2/3] RUN pip install flask"], "[2/3] RUN pip install flask"],
    [[], "[2/3] RUN pip install flask: Collecting flask"],
    [[], "[2/3] RUN pip install flask: Collecting flask"],
    [[], "[1/3] FROM docker.io/library/python:3.12-slim"],
    [[], "[1/3] FROM docker.io/library/python:3.12-slim"],
  ]);
});

test("of a push how many layers are there, and nothing that says what nobody asks", () => {
  expect(
    told([
      "The push refers to repository [registry.example.com/cats]",
      "5f70bf18a086: Preparing",
      "a1b2c3d4e5f6: Preparing",
      "5f70bf18a086: Layer already exists",
      "a1b2c3d4e5f6: Pushed",
      `sha-1: digest: ${DIGEST} size: 528`,
    ]).map(([, now]) => now),
  ).toEqual([
    "",
    "0 of 1 layers pushed",
    "0 of 2 layers pushed",
    ...["1", "2", "2"].map((n) => `${n} of 2 layers pushed`),
  ]);
});

test("of a pull how many layers are there, which are none of a push", () => {
  const said = told([
    "docker.io/library/busybox:1.37: Pulling from library/busybox",
    "5f70bf18a086: Pulling fs layer",
    "a1b2c3d4e5f6: Already exists",
    "5f70bf18a086: Pull complete",
  ]);
  expect(said.map(([, now]) => now)).toEqual([
    "",
    "0 of 1 layers pulled",
    "1 of 2 layers pulled",
    "2 of 2 layers pulled",
  ]);
});

test("where there is little room, what a step says is left whole", () => {
  const progress = new EngineProgress();
  progress.read("#6 [2/3] RUN pip install --no-cache-dir flask");
  expect(progress.now(20)).toBe("[2/3] RUN pip install --no-cache-dir flask");
  progress.read("#6 1.234 Collecting flask");
  expect(progress.now(20)).toBe("[2/3] RUN pip insta…: Collecting flask");
});

test("what is no engine's is a line of its own", () => {
  expect(told(["team/cats: has sha-1 1.4.2"])).toEqual([[["team/cats: has sha-1 1.4.2"], ""]]);
});
