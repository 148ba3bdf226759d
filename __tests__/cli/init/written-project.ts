import { createRequire } from "node:module";
import { join } from "node:path";
import { transformSync } from "@swc/core";
import type { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import * as aws from "../../../src/aws/index.ts";
import type { WrittenFile } from "../../../src/cli/init/written-file.ts";
import * as slipway from "../../../src/index.ts";
import * as testing from "../../../src/testing/index.ts";

/** Test of a written project, as Node's runner is given it. */
export interface WrittenTest {
  readonly name: string;
  readonly run: () => void;
}

type Modules = Readonly<Record<string, unknown>>;

/** The modules of a written project in this process, by the sources in place of the package. */
export class WrittenProject {
  private readonly loaded = new Map<string, Modules>();
  readonly tests: WrittenTest[] = [];

  constructor(
    private readonly files: readonly WrittenFile[],
    private readonly directory: string,
  ) {}

  text(path: string): string {
    const found = this.files.find((file) => file.path === path);
    if (found === undefined) throw new Error(`no ${path} among ${this.files.map((file) => file.path).join(", ")}`);
    return found.text;
  }

  stack(module: string, name: string): new (scope: Construct, id: string) => TerraformStack {
    return this.load(module)[name] as never;
  }

  load(module: string): Modules {
    const known = this.loaded.get(module);
    if (known !== undefined) return known;
    const { code } = transformSync(this.text(`${module}.ts`), {
      jsc: { parser: { syntax: "typescript" }, target: "es2022" },
      module: { type: "commonjs" },
    });
    const exported: Modules = {};
    this.loaded.set(module, exported);
    const own = createRequire(join(this.directory, "main.ts"));
    const required = (name: string): unknown => {
      if (name.startsWith("./")) return this.load(name.slice(2));
      if (name === "slipway") return slipway;
      if (name === "slipway/aws") return aws;
      if (name === "slipway/testing") return testing;
      if (name === "node:test")
        return { test: (title: string, run: () => void) => this.tests.push({ name: title, run }) };
      return name.startsWith("node:") ? own(name) : require(name);
    };
    new Function("require", "exports", "module", code)(required, exported, { exports: exported });
    return exported;
  }
}
