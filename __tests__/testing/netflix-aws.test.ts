import { AwsAccount, NanoHost } from "../../src/aws/index.ts";
import { LocalHost, PulledImage } from "../../src/index.ts";
import { synthesize } from "../../src/testing/index.ts";
import "../../src/testing/jest.ts";
import { NetflixAwsStack } from "../../stacks/netflix-aws.ts";

// Written by who knows the docstrings of slipway/testing alone; a stack is asked here as its owner would.
const NAME = "netflix.devops-days-upes.com";
const ASKED = ["ACCOUNT", "REGION", "INSTANCE_TYPE", "ZONE_ID", "VERSION", "CATALOG_DIR", "FRONTEND_DIR"];
const env = Object.fromEntries(
  ASKED.map((name) => [`SLIPWAY_${name.replace(/^(ACCOUNT|REGION)$/, "AWS_$1")}`, undefined]),
);
const netflix = synthesize(NetflixAwsStack, { id: "netflix-aws", env });

test("visitors reach the front end, which gets what they ask for, and nobody the catalogue", () => {
  expect(netflix.route(`http://${NAME}/`)).toReach("frontend", { path: "/", port: 3000, host: "netflix-aws/host" });
  expect(netflix.route(`http://${NAME}/movies?page=2`)).toReach("frontend", { path: "/movies?page=2" });
  expect(netflix.route(`http://${NAME}/status`)).not.toReach("catalog");
  expect(netflix.route("http://other.example.com/").reason).toContain("does not serve other.example.com");
  expect(netflix.route(`https://${NAME}/`).reason).toContain("does not listen for https");
});

test("port 80 is open to everybody, and no other one", () => {
  expect(netflix).toOpenPort(80, "0.0.0.0/0");
  for (const port of [22, 443, 3000, 8080]) expect(netflix).not.toOpenPort(port);
});

test("what runs is pinned, and the host may pull it and not push", () => {
  expect(netflix).toPinEveryImage();
  const catalog = "arn:aws:ecr:eu-west-1:123456789012:repository/netflix-movie-catalog";
  expect(netflix.permissions()).toAllow("ecr:BatchGetImage", catalog);
  expect(netflix.permissions()).not.toAllow("ecr:BatchGetImage", catalog.replace("movie-catalog", "other"));
  expect(netflix.permissions()).not.toAllow("ecr:PutImage");
  expect(netflix.deployerPermissions).toAllow("ecr:PutImage", catalog);
  expect(netflix.deployerPermissions).not.toAllow("iam:CreateUser");
});

test("the machine is a nano that boots into the agent, and its Nginx has the name", () => {
  expect(netflix).toHaveResource("aws_instance", { instance_type: "t4g.nano" });
  expect(netflix.find("netflix-aws/host").map(({ type }) => type)).toContain("aws_eip");
  expect(netflix.userData()).toMatch(/^#cloud-config\n[\s\S]*HOST=netflix-aws\/host\n/);
  expect(netflix.nginx()["sites.conf"]).toContain(`server_name ${NAME};`);
  expect(netflix.release().services.map(({ name, memoryMiB }) => [name, memoryMiB])).toEqual([
    ["catalog", 96],
    ["frontend", 128],
  ]);
});

test("it fits its machine, nothing is to be said of it, and it stays cheap", () => {
  expect(netflix).not.toHaveProblem();
  expect(netflix).toCostAtMost(8);
});

const PAGE = `ghcr.io/shop/page@sha256:${"a".repeat(64)}`;

test("a service of 512 MiB on a nano is an error with its table, and on a micro is none", () => {
  const shop = (instanceType: string) => () =>
    synthesize(
      (stack) => {
        new AwsAccount(stack, "aws", { account: "123456789012", region: "eu-west-1" });
        const host = new NanoHost(stack, "host", { instanceType });
        const image = new PulledImage(stack, "page-image", { image: PAGE, platform: host.platform });
        host.run("page", { image, port: 8080, memoryMiB: 512 });
      },
      { id: "shop" },
    );
  expect(shop("t4g.nano")).toThrow(
    /^shop\/host\/page: memoryMiB: is 512, but a t4g\.nano leaves its services 256 MiB: .* choose a t4g\.micro\n +512 MiB {2}memory of a t4g\.nano\n[\s\S]* 512 MiB {2}page, at most$/,
  );
  expect(shop("t4g.micro")()).not.toHaveProblem();
});

test("a host on the engine's machine is asked by the same words", () => {
  let host: LocalHost | undefined;
  const shop = synthesize(
    (stack) => {
      host = new LocalHost(stack, "host", { port: 8889 });
      const image = new PulledImage(stack, "page-image", { image: PAGE });
      host.serve("shop.example.com", { "/": host.run("page", { image, port: 8080 }) });
    },
    { id: "shop" },
  );
  expect(shop.route("http://shop.example.com/a")).toReach("page", { path: "/a", port: 8080 });
  expect(shop.route("http://shop.example.com:8889/a")).toReach("page");
  expect(shop.route("http://shop.example.com:80/a")).not.toReach("page");
  expect(shop).toOpenPort(8889, "127.0.0.1 alone");
  expect(shop).not.toOpenPort(8889, "0.0.0.0/0");
  expect(shop.permissions(host)).toEqual([]);
  expect(shop.find(host as LocalHost)).toEqual(shop.find("shop/host"));
  expect(() => shop.userData()).toThrow("shop/host has no user data");
});
