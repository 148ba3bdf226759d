import { capabilities, checkAddedAndDropped, machineWide } from "../../src/values/capability.ts";
import { NO_TEXTS, refusal } from "./refusal.ts";

test.each([
  [["NET_BIND_SERVICE"], ["CAP_NET_BIND_SERVICE"]],
  [
    ["cap_sys_time", "CAP_CHOWN", "chown"],
    ["CAP_CHOWN", "CAP_SYS_TIME"],
  ],
  [["all"], ["ALL"]],
  [
    ["BPF", "CHECKPOINT_RESTORE", "PERFMON"],
    ["CAP_BPF", "CAP_CHECKPOINT_RESTORE", "CAP_PERFMON"],
  ],
  [[], []],
])("%j is kept as %j", (names, kept) => expect(capabilities(names)).toEqual(kept));

test.each([
  ["NET_BIND", 'capability must be one of the kernel\'s, got "NET_BIND": did you mean NET_BIND_SERVICE?'],
  ["SYSADMIN", "did you mean SYS_ADMIN?"],
  ["CAP_ALL_OF_IT", "man 7 capabilities lists them"],
  ["", "man 7 capabilities"],
])("refuses %j", (name, message) => {
  expect(refusal(() => capabilities([name])).message).toContain(message);
});

test.each(NO_TEXTS)("refuses %p in the list", (name) => {
  refusal(() => capabilities([name as never]));
});

test("refuses a name that is no list, and one on both lists", () => {
  expect(refusal(() => capabilities("CHOWN" as never)).message).toContain("must be a list of names");
  expect(refusal(() => checkAddedAndDropped(["CHOWN"], ["cap_chown"])).message).toContain('not both, got "CAP_CHOWN"');
  expect(() => checkAddedAndDropped(["CHOWN"], ["ALL"])).not.toThrow();
});

test("knows what makes a container root on its machine", () => {
  expect(machineWide(["sys_admin", "CHOWN", "ALL", "CAP_SYS_ADMIN"])).toEqual(["sys_admin", "ALL", "CAP_SYS_ADMIN"]);
  expect(machineWide(capabilities(["NET_ADMIN"]))).toEqual([]);
});
