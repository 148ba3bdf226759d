import { ulimit } from "../../src/values/ulimit.ts";
import { refusal } from "./refusal.ts";

test.each([
  ["nofile", 4096, { soft: 4096, hard: 4096 }],
  ["nofile", { soft: 1024, hard: 65_536 }, { soft: 1024, hard: 65_536 }],
  ["core", 0, { soft: 0, hard: 0 }],
  ["memlock", -1, { soft: -1, hard: -1 }],
  ["stack", { soft: 1, hard: -1 }, { soft: 1, hard: -1 }],
] as const)("%s: %j is %j", (name, limit, both) => expect(ulimit(name, limit)).toEqual(both));

test.each([
  ["nofiles", 1, 'ulimit must be one of the engine\'s, got "nofiles": did you mean nofile?'],
  ["address_space", 1, "known: core, cpu"],
  ["nofile", -2, "ulimit nofile must be a whole number, or { soft, hard } of two, -1 for no limit, got -2"],
  ["nofile", 1.5, "got 1.5"],
  ["nofile", { soft: 1 }, "got an object"],
  ["nofile", undefined, "got undefined"],
  ["nofile", "1024:2048", "must be a whole number"],
  ["nofile", { soft: 3, hard: 2 }, "ulimit nofile must not have a soft limit above its hard one, 2, got 3"],
  ["nofile", { soft: -1, hard: 2 }, "must not have a soft limit above its hard one, 2, got -1"],
])("refuses %s: %j", (name, limit, message) => {
  expect(refusal(() => ulimit(name, limit as never)).message).toContain(message);
});
