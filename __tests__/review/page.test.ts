import type { TerraformStack } from "cdktf";
import { Container, PortMapping, PulledImage } from "../../src/index.ts";
import { compare } from "../../src/review/comparison.ts";
import { broken, parseRules } from "../../src/review/rules.ts";
import { modelOf, pageOf } from "./reviewed.ts";
import { type Declared, shop } from "./shop.ts";

/** A stack that only publishes a port of its engine's machine. */
const published = (...ports: (number | string)[]) =>
  modelOf((stack: TerraformStack) => {
    const image = new PulledImage(stack, "image", {
      image: `ghcr.io/shop/page@sha256:${"a".repeat(64)}`,
    });
    ports.forEach((port, index) => {
      new Container(stack, `page-${index}`, {
        image,
        ports: [PortMapping.parse(`${port}:8080`)],
      });
    });
  });

const before = shop();

test("of a stack that did not change says so, and no more", () => {
  expect(pageOf(before, shop())).toBe("# stack\n\n**nothing changes**\n\nThe same as the synth before.\n");
});

test("a folder that moves, or that an earlier release did not say, makes no other image", () => {
  const at = (context?: string) => {
    const model = shop();
    return { ...model, images: model.images.map((image) => ({ ...image, ...(context && { context }) })) };
  };
  expect(pageOf(at(), at("web"))).toContain("**nothing changes**");
  expect(pageOf(at("app"), at("web"))).toContain("**nothing changes**");
});

test("of a new host counts ports alone as ports: what it lets in of ICMP is a type", () => {
  const after = shop();
  const text = pageOf(undefined, after);
  expect(text).toMatch(/^\*\*1 host is created, .*; 1 new port open to the world; /m);
  expect(text).toContain("- `icmp type 3` is now open to the world");
  expect(text).toContain("| opened in | icmp type 3 | the world | path MTU |");
  const reviewed = { comparison: compare(undefined, after), after };
  expect(broken(parseRules("open-port"), reviewed)).toEqual(["open-port: tcp 80"]);
});

test.each<[string, Declared, string]>([
  ["another image rolls in place", { digest: "b" }, "1 service rolls in place, nobody notices"],
  ["another check is asked of what runs", { path: "/up" }, "1 service must pass another health check, nobody notices"],
  [
    "a larger type restarts the machine",
    { type: "t4g.micro" },
    "1 host restarts: its sites are away for about 2 minutes",
  ],
  [
    "another processor is another machine, and its image another",
    { type: "t3.nano" },
    "1 host is replaced: its sites are away for about 2 minutes",
  ],
  [
    "another file of the machine is another machine",
    { files: [{ path: "/etc/motd", content: "hello\n" }] },
    "1 host is replaced: its sites are away for about 2 minutes",
  ],
])("%s", (_, change, said) => {
  expect(pageOf(before, shop(change))).toContain(`**${said}**`);
});

test("names what rolls and why, and which image it was", () => {
  expect(pageOf(before, shop({ digest: "b" }))).toMatchInlineSnapshot(`
    "# stack

    **1 service rolls in place, nobody notices**

    Compared with the synth before.

    ## What happens

    | what | becomes | without an answer | because of |
    |---|---|---|---|
    | \`stack/host\` | untouched | 0 s |  |
    | \`stack/host\` \`page\` | rolled | 0 s | \`image\` |

    ## Images

    | image | version | content or digest |
    |---|---|---|
    | \`stack/image\` | \`ghcr.io/shop/page\` | \`sha256:aaaaaaaaaaaa\` → \`sha256:bbbbbbbbbbbb\` |
    "
  `);
});

test("names a route that moved, a secret that is read, and what the host may now do", () => {
  expect(pageOf(before, shop({ route: "/shop", secret: true, port: 5432 }))).toMatchInlineSnapshot(`
    "# stack

    **1 service rolls in place, 2 routes change; 1 new permission**

    - \`stack/host\` may now connect to \`tcp 5432\` of the world
    - \`stack/host\` may now \`ssm:GetParameter on arn:aws:ssm:eu-west-1:123456789012:parameter/shop/token\`

    Compared with the synth before.

    ## What happens

    | what | becomes | without an answer | because of |
    |---|---|---|---|
    | \`stack/host\` | untouched | 0 s |  |
    | \`stack/host\` \`page\` | rolled | 0 s | \`secrets.TOKEN\` |

    ## Routes and names

    | name and path | answered by | host |
    |---|---|---|
    | \`shop.example.org/\` | \`page\` → – | \`stack/host\` |
    | \`shop.example.org/shop\` | – → \`page\` | \`stack/host\` |

    ## Ports

    |  | port | peer | for | host |
    |---|---|---|---|---|
    | opened out | tcp 5432 | the world | the database | \`stack/host\` |

    ## Permissions

    |  | who | may |
    |---|---|---|
    | gained | \`stack/host\` | \`ssm:GetParameter on arn:aws:ssm:eu-west-1:123456789012:parameter/shop/token\` |

    ## Secrets

    | secret | from | host |
    |---|---|---|
    | \`page: TOKEN\` | – → \`parameter /shop/token\` | \`stack/host\` |
    "
  `);
});

test("of a stack that was not there before names all of it", () => {
  const text = pageOf(undefined, before);
  expect(text).toContain("1 host is created, 1 service is created");
  expect(text).toContain("| opened in | tcp 80 | the world | visitors | `stack/host` |");
});

test("names ports that the engine's machine publishes beside the hosts', and whom they are open to", () => {
  expect(pageOf(published(), published("127.0.0.1:5001", 9000, "10.0.0.4:9001"))).toMatchInlineSnapshot(`
    "# stack

    **nothing that runs changes, nobody notices; 1 new port open to the world; 1 new port open to others; 1 new port open to the engine's machine alone**

    - \`tcp 5001\` is now open to the engine's machine alone
    - \`tcp 9000\` is now open to the world
    - \`tcp 9001\` is now open to \`10.0.0.4 alone\`

    Compared with the synth before.

    ## Ports

    |  | port | peer | for | host |
    |---|---|---|---|---|
    | opened in | tcp 5001 | the engine's machine alone | stack/page-0 | the engine |
    | opened in | tcp 9000 | the world | stack/page-1 | the engine |
    | opened in | tcp 9001 | \`10.0.0.4 alone\` | stack/page-2 | the engine |
    "
  `);
  expect(pageOf(published(9000), published()).split("\n")).toContain(
    "| closed in | tcp 9000 | the world | stack/page-0 | the engine |",
  );
  expect(pageOf(published("127.0.0.1:5001"), published("127.0.0.1:5001"))).toContain("**nothing changes**");
});
