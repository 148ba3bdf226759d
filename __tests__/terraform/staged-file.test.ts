import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { lateStagedFile, stagedCopy, stagedFile } from "../../src/terraform/staged-file.ts";
import { Step } from "../../src/terraform/step.ts";
import { only, synthesize } from "../synthesize.ts";

const pathOf = (name: string, text: string) =>
  `files/${createHash("sha256").update(text).digest("hex").slice(0, 16)}/${name}`;

test("a file is named by its content and readable by all", () => {
  let path = "";
  const { directory } = synthesize((scope) => {
    path = stagedFile(scope, "a.txt", "${text}");
    expect(stagedFile(scope, "a.txt", "${text}")).toBe(path);
  });
  expect(path).toBe(pathOf("a.txt", "${text}"));
  expect(readFileSync(join(directory, path), "utf8")).toBe("${text}");
  expect(statSync(join(directory, path)).mode & 0o777).toBe(0o644);
});

test("a late file has what was declared after it, as it is, and is named by that", () => {
  const lines: string[] = [];
  const stack = synthesize((scope) => {
    new Step(scope, "step", { command: `cat ${lateStagedFile(scope, "late.conf", () => lines.join("\n"))}` });
    lines.push("log_format a '${b}';", "%{c}");
  });
  const text = "log_format a '${b}';\n%{c}";
  expect(only(stack, "terraform_data", "step").provisioner).toMatchObject([
    { "local-exec": { command: `cat ${pathOf("late.conf", text)}` } },
  ]);
  expect(readFileSync(join(stack.directory, pathOf("late.conf", text)), "utf8")).toBe(text);
});

test("a late file takes no reference, which Terraform would not fill in", () => {
  const declare = () =>
    synthesize((scope) => {
      const id = new Step(scope, "other", { command: "true" }).getStringAttribute("id");
      const path = lateStagedFile(scope, "late.conf", () => `a ${id}`);
      new Step(scope, "step", { command: `cat ${path}` });
    });
  expect(declare).toThrow(/stack: late\.conf: must be a literal/);
});

test("a copy has the name and the text of its file", () => {
  let path = "";
  const { directory } = synthesize((scope) => {
    path = stagedCopy(scope, __filename);
  });
  expect(path).toMatch(/^files\/[0-9a-f]{16}\/staged-file\.test\.ts$/);
  expect(readFileSync(join(directory, path), "utf8")).toBe(readFileSync(__filename, "utf8"));
});
