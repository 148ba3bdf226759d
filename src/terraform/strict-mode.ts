import type { IConstruct } from "constructs";

/** The context key by which a project chooses strict mode: `"slipway:strict": true` in cdktf.json. */
export const STRICT_CONTEXT = "slipway:strict";

/** Whether what nothing pins is an error (`true`), a warning (`false`), or as each construct sees fit (unset). */
export function isStrict(scope: IConstruct): boolean | undefined {
  const value: unknown = scope.node.tryGetContext(STRICT_CONTEXT);
  return value === undefined ? undefined : value === true || value === "true";
}
