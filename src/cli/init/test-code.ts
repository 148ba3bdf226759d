import type { HostKind } from "../../compose/read-service.ts";
import type { Translation } from "../../compose/translated-service.ts";
import { DEFAULT_PORT } from "../../hosts/local/local-host-props.ts";
import { call, object, printed, quoted } from "./code.ts";
import { importLine } from "./import-line.ts";
import { stackModule } from "./project-files.ts";
import { stackClass } from "./stack-code.ts";

/** The text of a test of the stack, by Node's own runner. */
export function testCode({ stack, services, sites, port }: Translation, host: HostKind): string {
  const isAws = host === "aws";
  const name = stackClass(stack);
  const given = object({
    id: quoted(stack),
    env: isAws ? object({ SITE_NAME: "undefined", ACME_EMAIL: "undefined" }) : undefined,
  });
  const running = services.filter(({ before, profiles }) => before === undefined && profiles.length === 0);
  const names = { list: running.map((each) => quoted(each.name)).sort() };
  const statement = (code: Parameters<typeof printed>[0]) => `  ${printed(code, 2, 2, 1)};`;
  return [
    'import assert from "node:assert/strict";',
    importLine(["test"], "node:test"),
    importLine([...(isAws ? ["slipwayMatchers"] : []), "synthesize"], "slipway/testing"),
    importLine([name], `./${stackModule(stack)}`),
    "",
    `const stack = ${printed(call("synthesize", name, given), 0, 14, 1)};`,
    "",
    'test("the host runs these services", () => {',
    "  const names = stack.release().services.map(({ name }) => name);",
    statement(call("assert.deepEqual", "names", names)),
    "});",
    ...sites.flatMap((site) => [
      "",
      `test(${quoted(`visitors of ${site.name} reach ${site.service}`)}, () => {`,
      statement(
        call("assert.equal", `stack.route(${quoted(urlOf(site.name, host, port))}).service`, quoted(site.service)),
      ),
      "});",
    ]),
    ...(isAws
      ? [
          "",
          'test("nobody reaches the SSH port", () => {',
          "  assert.equal(slipwayMatchers.toOpenPort(stack, 22).pass, false);",
          "});",
        ]
      : []),
    "",
  ].join("\n");
}

function urlOf(site: string, host: HostKind, port = DEFAULT_PORT): string {
  return host === "aws" ? `http://${site}/` : `http://${site}:${port}/`;
}
