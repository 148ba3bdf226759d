import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { LaneOutput } from "../../scripts/lane-output.mjs";
import { filesForNewerEngine, laneOf, lanesOf } from "../../scripts/test-lanes.mjs";

const REAL = resolve(__dirname, "../real");
const files = readdirSync(REAL)
  .filter((name) => name.endsWith(".real.test.ts"))
  .map((name) => join(REAL, name));
const lanesThat = (pattern: RegExp) => [
  ...new Set(files.filter((file) => pattern.test(readFileSync(file, "utf8"))).map(laneOf)),
];

describe("the lanes of the real tests", () => {
  it("have each test once", () => {
    const lanes = lanesOf(files);
    expect(lanes.map(([lane]) => lane).sort()).toEqual(["engine", "machines"]);
    expect(lanes.flatMap(([, own]) => own).sort()).toEqual([...files].sort());
  });

  it("keep together what makes the network of a rehearsal", () => {
    expect(lanesThat(/rehearsal\/stage\.ts"/)).toEqual(["machines"]);
    expect(lanesThat(/\.\/ssh-machine\.ts"/)).toEqual(["machines"]);
  });

  it("keep together what has fixed names and ports on the engine", () => {
    expect(lanesThat(/\b(5[09]\d\d|8[89]\d\d)\b.*[;,]$/m)).toEqual(["engine"]);
    // a server by ssh and a swarm have an engine of their own
    expect(lanesThat(/new Project\((?!\s*"(?:ssh|swarm)\.ts")/)).toEqual(["engine"]);
  });

  it("are followed on a newer engine by what deploys, by the verbs about images, by images of two platforms and by the registry of one's own, all of which exist", () => {
    expect(filesForNewerEngine(files).map((file) => basename(file))).toEqual([
      "images.real.test.ts",
      "local-deploy.real.test.ts",
      "multi-platform.real.test.ts",
      "private-registry.real.test.ts",
    ]);
  });

  it("are none where nothing is to be done", () => {
    expect(lanesOf([])).toEqual([]);
  });
});

describe("the output of a lane", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it("comes in one piece where another lane speaks meanwhile", () => {
    const written: string[] = [];
    const [one, other] = ["one", "other"].map((name) => new LaneOutput(name, (text) => written.push(text)));
    one?.add("FAIL a.test.ts");
    other?.add("PASS b.test.ts");
    one?.add("  expected 1, got 2");
    expect(written).toEqual([]);
    jest.advanceTimersByTime(10_000);
    expect(written.slice(0, 3).sort()).toEqual(
      ["one | FAIL a.test.ts", "one |   expected 1, got 2", "other | PASS b.test.ts"].sort(),
    );
    const at = written.indexOf("one | FAIL a.test.ts");
    expect(written[at + 1]).toBe("one |   expected 1, got 2");
    expect(written).toHaveLength(3);
  });

  it("is written whole at its end", () => {
    const written: string[] = [];
    const output = new LaneOutput("one", (text) => written.push(text));
    output.add("1 passed");
    output.flush();
    jest.advanceTimersByTime(10_000);
    expect(written).toEqual(["one | 1 passed"]);
  });
});
