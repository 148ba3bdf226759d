import { containerLabel } from "../../src/values/container-label.ts";
import { refusal } from "./refusal.ts";

test.each([
  ["team", "shop"],
  ["com.example.team", "the shop's\nsecond line"],
  ["a-b_c/D.e", ""],
  ["slipways", "1"],
  ["com.dockers.x", "1"],
])("takes %s", (key, value) => expect(() => containerLabel(key, value)).not.toThrow());

test.each([
  ["", "must be letters, digits"],
  ["a=b", "must be letters, digits"],
  ["a b", "must be letters, digits"],
  [".a", "a letter or digit first and last"],
  ["a-", "a letter or digit first and last"],
  ["a..b", "must not have two dots or dashes in a row"],
  ["a--b", "must not have two dots or dashes in a row"],
  ["com.docker.x", "must not begin as Docker's own do"],
  ["org.dockerproject.x", "must not begin as Docker's own do"],
  ["slipway.host", "must not begin as Slipway's own do"],
  ["dev.slipway.stack", "must not begin as Slipway's own do"],
])("refuses %j", (key, message) => {
  expect(refusal(() => containerLabel(key, "x")).message).toContain(message);
});

test.each([1, undefined, "a\0b"])("refuses %j as a value", (value) => {
  expect(refusal(() => containerLabel("a", value as never)).message).toContain("must have text as its value");
});
