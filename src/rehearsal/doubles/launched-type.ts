import type { ApiCall } from "./api-call.ts";

/** The instances that a call names. */
export function instanceIds({ input }: ApiCall): string[] {
  return Object.entries(input).flatMap(([name, value]) => (/^InstanceId\.\d+$/.test(name) ? [String(value)] : []));
}

/** The processor of an instance type: AWS marks its own by a `g` after the generation. */
export function architectureOf(type: string): "x86_64" | "arm64" {
  return /^[a-z]+\d+g[a-z]*\./.test(type) ? "arm64" : "x86_64";
}
