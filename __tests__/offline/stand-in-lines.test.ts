import { STAND_INS } from "../../src/offline/images/stand-ins.mjs";
import { standInLines } from "../../src/offline/images.mjs";

const tags = new Map(STAND_INS.map(({ repository, tags: known }) => [repository, new Set(known)]));

test("stand-ins are listed where somebody wants to know, and are a line otherwise", () => {
  expect(standInLines({ tags, unknown: new Set(), listed: true })).toHaveLength(STAND_INS.length + 1);
  expect(standInLines({ tags, unknown: new Set(), listed: false })).toEqual([
    `base images are stand-ins, not the published ones: ${STAND_INS.length} of them, --verbose lists them`,
  ]);
});

test("what nothing stands in for is said every time", () => {
  expect(standInLines({ tags, unknown: new Set(["ruby:3"]), listed: false }).at(-1)).toBe(
    "  nothing stands in for ruby:3",
  );
});
