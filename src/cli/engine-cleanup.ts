import { CONSTRUCT_LABEL, STACK_LABEL } from "../values/engine-label.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Command } from "./tools.ts";

export { STACK_LABEL };

/** What a cleanup found, by kind; the texts are names or ids as the engine says them. */
export interface CleanupReport {
  readonly removed: string[];
  readonly kept: string[];
  readonly failures: string[];
}

/**
 * Takes from an engine whatever carries a stack's label and outlived Terraform: releases and images are kept on
 * purpose while the stack lives, and a state can be lost.
 */
export class EngineCleanup {
  private readonly report: CleanupReport = { removed: [], kept: [], failures: [] };

  constructor(
    private readonly stack: string,
    private readonly command: Command,
  ) {}

  /** @param synthesized what the stack's last synth wrote, to know its own registry and what it only pulled */
  async run(synthesized?: Pick<SynthesizedStack, "ownRegistries" | "pulledImages">): Promise<CleanupReport> {
    await this.remove("container", ["ps", "-a", "--format", "{{.Names}}"], ["rm", "-f", "-v"]);
    await this.remove("network", ["network", "ls", "--format", "{{.Name}}"], ["network", "rm"]);
    await this.remove("volume", ["volume", "ls", "--format", "{{.Name}}"], ["volume", "rm"]);
    const pulled = synthesized?.pulledImages ?? [];
    await this.removeImages(synthesized?.ownRegistries ?? []);
    await this.keep(pulled);
    return this.report;
  }

  /** The stack's volumes that a cleanup takes, each with the construct that declared it. */
  async volumes(): Promise<{ readonly name: string; readonly path: string }[]> {
    const format = `{{.Name}}\t{{.Label "${CONSTRUCT_LABEL}"}}`;
    const found = await this.lines([
      "volume",
      "ls",
      "--filter",
      `label=${STACK_LABEL}=${this.stack}`,
      "--format",
      format,
    ]);
    return found.map((line) => line.split("\t")).map(([name = "", path = ""]) => ({ name, path }));
  }

  private async remove(kind: string, list: readonly string[], remove: readonly string[]): Promise<void> {
    const found = await this.lines([...list, "--filter", `label=${STACK_LABEL}=${this.stack}`]);
    for (const name of new Set(found)) await this.removeOne(kind, name, remove);
  }

  /** By name first, so that the report says names; what carries the label and has no name left goes by its id. */
  private async removeImages(registries: readonly string[]): Promise<void> {
    const label = ["--filter", `label=${STACK_LABEL}=${this.stack}`];
    const format = ["--digests", "--format", "{{.Repository}}:{{.Tag}} {{.Repository}}@{{.Digest}}"];
    const labelled = namesIn(await this.lines(["images", ...label, ...format]));
    const pushed = namesIn(await this.lines(["images", ...format])).filter((name) =>
      registries.some((registry) => name.startsWith(`${registry}/`)),
    );
    for (const name of new Set([...labelled, ...pushed])) await this.removeOne("image", name, ["rmi", "-f"]);
    await this.remove("image", ["images", "-a", "--format", "{{.ID}}"], ["rmi", "-f"]);
  }

  private async keep(pulled: readonly string[]): Promise<void> {
    for (const name of [...new Set(pulled)].sort()) {
      const { code } = await this.command.run("docker", ["image", "inspect", "--format", "{{.Id}}", name], {
        timeout: 20_000,
      });
      if (code === 0) this.report.kept.push(name);
    }
  }

  private async removeOne(kind: string, name: string, remove: readonly string[]): Promise<void> {
    const result = await this.command.run("docker", [...remove, name], { timeout: 60_000 });
    if (result.code === 0) this.report.removed.push(`${kind} ${name}`);
    else if (!/no such/i.test(result.stderr)) this.report.failures.push(`${kind} ${name}: ${result.stderr.trim()}`);
  }

  private async lines(args: readonly string[]): Promise<string[]> {
    const { code, stdout, stderr } = await this.command.run("docker", args, { timeout: 60_000 });
    if (code !== 0) throw new Error(`docker ${args.slice(0, 2).join(" ")} failed\n${stderr.trim()}`);
    return stdout.split("\n").filter(Boolean);
  }
}

/** The names in lines of `docker images`, `repository:tag repository@digest`, without the absent ones. */
export function namesIn(lines: readonly string[]): string[] {
  const names = lines.flatMap((line) => line.split(" ")).filter((name) => !name.includes("<none>"));
  return [...new Set(names)].sort();
}
