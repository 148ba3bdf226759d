import type { TerraformStack } from "cdktf";
import { AwsAccount, NanoHost, type NanoHostProps } from "../../src/aws/index.ts";
import { PulledImage } from "../../src/index.ts";
import { modelOf, pageOf } from "./reviewed.ts";

/** A shop with services by their limits. */
const shop = (limits: Readonly<Record<string, number>>, props: NanoHostProps = {}) =>
  modelOf((stack: TerraformStack) => {
    new AwsAccount(stack, "aws", {
      account: "123456789012",
      region: "eu-west-1",
    });
    const host = new NanoHost(stack, "host", props);
    const image = new PulledImage(stack, "image", {
      image: `ghcr.io/shop/page@sha256:${"a".repeat(64)}`,
      platform: host.platform,
    });
    for (const [name, memoryMiB] of Object.entries(limits)) host.run(name, { image, port: 80, memoryMiB });
  });

const fitOf = (text: string) => /## Findings[\s\S]*/.exec(text)?.[0] ?? /## Fit[\s\S]*/.exec(text)?.[0];

test("a page has the sum of what a service more asks for, and what the synth says of it in one line", () => {
  expect(fitOf(pageOf(shop({ web: 192 }), shop({ web: 192, api: 128 })))).toMatchInlineSnapshot(`
    "## Findings

    |  | construct | finding |
    |---|---|---|
    | warning | \`stack/host\` | memoryMiB: its services may take 320 MiB in sum, but a t4g.nano leaves its services 256 MiB: declare memoryMiB as each needs it, or choose a t4g.micro |

    ## Fit

    | memory of \`stack/host\` | MiB |
    |---|---|
    | memory of a t4g.nano | 512 |
    | the kernel | -96 |
    | Ubuntu, with snapd and the Systems Manager agent | -110 |
    | Docker, containerd and Nginx | -50 |
    | left for services | 256 |
    | api, at most | 128 |
    | web, at most | 192 |
    | in sum, at most | 320 |

    The smallest type that has it: \`t4g.micro\`.

    | disk of \`stack/host\` | MiB |
    |---|---|
    | the disk | 8192 |
    | Ubuntu with Docker and Nginx | -3072 |
    | swap | -1024 |
    | logs of containers, 30 each | -60 |
    | left for the images of 4 releases, the one that comes included | 4036 |
    | for those of each | 1009 |
    "
  `);
});

test("what did not change of a host's fit is no news", () => {
  const [before, after] = [
    shop({ web: 192, api: 128 }),
    shop({ web: 192, api: 128 }, { outbound: [{ port: 5432, description: "the database" }] }),
  ];
  expect(fitOf(pageOf(before, after))).toBeUndefined();
  const wider = pageOf(before, shop({ web: 192, api: 128 }, { volumeGiB: 16 }));
  expect(wider).toContain("| disk of `stack/host` | MiB |");
  expect(wider).not.toContain("memory of");
});

test("a model without the fit of its hosts, of an earlier release, is compared all the same", () => {
  const now = shop({ web: 192, api: 128 });
  const before = {
    ...now,
    hosts: now.hosts.map(({ fit: _, ...host }) => host),
  };
  expect(pageOf(before, now)).toBe("# stack\n\n**nothing changes**\n\nThe same as the synth before.\n");
});
