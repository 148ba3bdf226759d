import { posix } from "node:path";
import type { Add, Copy } from "../instructions/instruction.ts";
import { sourceKind } from "./convert-transfer.ts";

/** What a stage asks of the build context; paths whose variables are not known stand as nothing. */
export class ContextUse {
  private readonly named: (string | undefined)[] = [];
  private isTaken = false;

  /** The paths that instructions name. */
  get paths(): readonly (string | undefined)[] {
    return this.named;
  }

  /** Whether a file of the context is taken. */
  get taken(): boolean {
    return this.isTaken;
  }

  /** Takes note of COPY or ADD with these sources, their variables replaced. */
  takeTransfer(it: Copy | Add, sources: readonly (string | undefined)[]): void {
    if (it.keyword === "COPY" && it.from) return;
    // Whatever its variables come to, an address starts as one.
    const known = sources.map((source, at) => source ?? it.sources[at]?.match(/^https?:\/\//)?.[0]);
    this.named.push(...known.filter((source) => it.keyword === "COPY" || !/^https?:\/\//.test(source ?? "")));
    this.isTaken ||= known.some((source) => source === undefined || sourceKind(source).kind === "path");
  }

  /** Takes note of a mount of the context. */
  takeMount(type: string, source: string | undefined): void {
    this.named.push(source);
    this.isTaken ||= type === "bind";
  }
}

/** The paths as the builder asks the client for them, `.` for everything; sorted. */
export function contextPaths(paths: readonly (string | undefined)[]): string[] {
  const clean = paths.map((path) => (path === undefined ? "/" : posix.join("/", path).replace(/(?<=.)\/$/, "")));
  return clean.includes("/") ? ["."] : [...new Set(clean)].map((path) => path.slice(1)).sort();
}
