import { AWS_PROVIDER, CELLS, readCells, tableOf } from "../../scripts/engines/cells.mjs";

const names = (...words: string[]) => readCells(words).cells.map(({ name }) => name);

describe("the cells that a command line asks for", () => {
  test("are all deploys where none is named, and no rehearsal with another provider of Amazon's", () => {
    expect(names()).toEqual(CELLS.map(({ name }) => name));
    expect(readCells([])).toMatchObject({ aws: false, install: false });
    expect(names("--yes")).toEqual(names());
  });

  test("are those that are named, in the order of the table", () => {
    expect(names("tofu", "28.5", "--yes")).toEqual(["28.5", "tofu"]);
    expect(readCells([AWS_PROVIDER, "--yes"])).toEqual({ cells: [], aws: true, install: true });
  });

  test("must be known", () => {
    expect(() => readCells(["27"])).toThrow(/^cell must be one of machine, .*tofu, aws6, got 27\n\nusage: /);
    expect(() => readCells(["--all"])).toThrow(/got --all/);
  });
});

test("the table is Markdown, one line a cell", () => {
  const outcome = {
    engine: "29",
    store: "containerd",
    provider: "4.5.0",
    tool: "OpenTofu 1.10.10",
    up: "ok, 35.0 s",
    plan: "empty",
    roll: "682/0",
    down: "nothing left",
  };
  expect(tableOf([outcome]).split("\n")).toEqual([
    "| engine | store | kreuzwerker/docker | by | up | second plan | one byte, requests ok/failed | down |",
    "|---|---|---|---|---|---|---|---|",
    "| 29 | containerd | 4.5.0 | OpenTofu 1.10.10 | ok, 35.0 s | empty | 682/0 | nothing left |",
  ]);
});
