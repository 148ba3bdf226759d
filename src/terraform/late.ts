import { dependable, Lazy, type TerraformResource } from "cdktf";
import "./creation-stack.ts";
import type { TerraformDependency } from "./dependency.ts";
import { templateText, templateValue } from "./template-text.ts";

/**
 * Text that `produce` makes when everything is declared, so that a construct can tell of what comes after it. It is
 * asked more than once, and must say the same each time; Terraform yields it as it is, see {@link templateText}.
 */
export function lateText(produce: () => string): string {
  return Lazy.stringValue({ produce: () => templateText(produce()) });
}

/** As {@link lateText}, for a list of texts whose length nobody knows before the end. */
export function lateTexts(produce: () => readonly string[]): string[] {
  return Lazy.listValue({ produce: () => produce().map(templateText) });
}

/** As {@link lateText}, for a value of any kind with texts in it; `undefined` leaves the attribute out. */
export function lateValue<T>(produce: () => T): T {
  return Lazy.anyValue({ produce: () => templateValue(produce()) }) as unknown as T;
}

/** Lets `resource` wait for what `produce` names when everything is declared, so that it may come after it. */
export function waitLate(resource: TerraformResource, produce: () => Iterable<TerraformDependency>): void {
  resource.dependsOn = Lazy.listValue({ produce: () => [...new Set(produce())].map(dependable) });
}
