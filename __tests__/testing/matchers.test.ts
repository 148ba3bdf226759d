import { type NanoHostProps, Secret } from "../../src/aws/index.ts";
import { type IService, PulledImage, SelfHostedRegistry, Tls } from "../../src/index.ts";
import { slipwayMatchers, synthesize } from "../../src/testing/index.ts";
import "../../src/testing/jest.ts";
import { image, localHost, NAME, nanoHost, services } from "./shop.ts";

/** What a matcher says that does not hold. */
function complaint(assert: () => void): string {
  try {
    assert();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the matcher holds");
}

const declared: { api?: IService } = {};
const shop = synthesize((stack) => {
  const host = localHost(stack, { tls: Tls.local() });
  const { web, api } = services(stack, host);
  declared.api = api;
  host.serve(NAME, { "/": web, "/api": { to: api, stripPrefix: true }, "/old": { redirect: "/new" } });
});

test("toReach is about the service, its path, port and host", () => {
  const route = shop.route(`https://${NAME}/api/7`);
  expect(route).toReach("api");
  expect(route).toReach("api", { path: "/7", port: 8080, host: "stack/host" });
  expect(route).toReach(declared.api as IService);
  expect(route).not.toReach("front-end");
  expect(route).not.toReach("api", { path: "/api/7" });
  expect(complaint(() => expect(route).toReach("front-end"))).toBe(
    "expected https://shop.example.com/api/7 to reach front-end, but shop.example.com/api leads to api of stack/host, which gets /7, at port 8080",
  );
  expect(complaint(() => expect(route).toReach("api", { path: "/api/7" }))).toContain(
    "to reach api by the path /api/7",
  );
  expect(complaint(() => expect(route).not.toReach("api"))).toMatch(
    /^expected https:\/\/shop.example.com\/api\/7 not to reach api, but shop.example.com\/api leads to api/,
  );
  expect(complaint(() => expect(shop.route(`http://${NAME}/`)).toReach("front-end"))).toBe(
    "expected http://shop.example.com/ to reach front-end, but shop.example.com/ is redirected by 308 to https://shop.example.com:8443/",
  );
});

test("toRedirectTo and toAnswer are about what the host does by itself", () => {
  expect(shop.route(`http://${NAME}/a`)).toRedirectTo(`https://${NAME}:8443/a`, 308);
  expect(shop.route(`https://${NAME}/old/x`)).toRedirectTo(/\/new\/x$/);
  expect(shop.route(`https://${NAME}/old/x`)).not.toRedirectTo(/new/, 301);
  expect(complaint(() => expect(shop.route(`https://${NAME}/`)).toRedirectTo("https://a.test/", 301))).toBe(
    "expected https://shop.example.com/ to be redirected to https://a.test/ by 301, but shop.example.com/ leads to front-end of stack/host, which gets /",
  );
  expect(shop.route(`https://${NAME}/%00`)).toAnswer(400);
  expect(complaint(() => expect(shop.route(`https://${NAME}/`)).toAnswer(404))).toContain(
    "to be answered 404 by the host",
  );
});

const nano = (props?: NanoHostProps, region?: string) =>
  synthesize((stack) => {
    const host = nanoHost(stack, props, region);
    const web = host.run("web", {
      image: image(stack, "app", host.platform),
      port: 80,
      secrets: { TOKEN: Secret.fromParameter("/shop/token") },
    });
    host.serve(NAME, { "/": web }, props?.tls && { basicAuth: { users: { ann: Secret.fromParameter("/shop/ann") } } });
  });

test("toAskForPassword is about who is let in", () => {
  const stack = nano({ tls: Tls.acme({ email: "a@example.com", agreeToTerms: true }) });
  expect(stack.route(`https://${NAME}/`)).toAskForPassword();
  expect(shop.route(`https://${NAME}/`)).not.toAskForPassword();
  expect(complaint(() => expect(shop.route(`https://${NAME}/`)).toAskForPassword())).toMatch(
    /which gets \/, for everybody$/,
  );
});

test("toOpenPort is about what is open from outside", () => {
  const stack = nano();
  expect(stack).toOpenPort(80);
  expect(stack).toOpenPort(80, "0.0.0.0/0");
  expect(stack).not.toOpenPort(22);
  expect(stack).not.toOpenPort(443);
  expect(shop).toOpenPort(8888);
  expect(shop).not.toOpenPort(8888, "0.0.0.0/0");
  const registry = synthesize((scope) => {
    new SelfHostedRegistry(scope, "registry", { port: 5001, image: image(scope, "registry") });
  });
  expect(registry).toOpenPort(5001, "127.0.0.1 alone");
  expect(complaint(() => expect(registry).toOpenPort(80))).toBe(
    "expected stack to open port 80, but stack opens tcp 5001 to 127.0.0.1 alone for stack/registry/Container",
  );
  expect(complaint(() => expect(stack).not.toOpenPort(80))).toMatch(
    /^expected stack not to open port 80, but stack\/host opens tcp 80 to everybody for visitors/,
  );
});

/** A stack with an image that may be any, which strict mode refuses. */
const loose = synthesize(
  (stack) => {
    new PulledImage(stack, "loose", { image: "example.com/app:1" });
  },
  { context: { "slipway:strict": false } },
);

test("toPinEveryImage is about digests", () => {
  expect(shop).toPinEveryImage();
  expect(complaint(() => expect(loose).toPinEveryImage())).toBe(
    "expected stack to pin every image, but nothing pins stack/loose: run npx slipway lock",
  );
});

test("toAllow is about what a host or the deployer may do", () => {
  const stack = nano();
  const token = "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/token";
  expect(stack.permissions()).toAllow("ssm:GetParameter");
  expect(stack.permissions()).toAllow("ssm:GetParameter", token);
  expect(stack.permissions()).not.toAllow("ssm:GetParameter", token.replace("token", "other"));
  expect(stack.permissions()).toAllow("SSM:getparameter", token);
  expect(stack.permissions()).not.toAllow("s3:GetObject");
  expect(stack.permissions()).toAllow(
    "ssm:GetDocument",
    `arn:aws:ssm:eu-west-1:111122223333:document/slipway.stack.host-${"a".repeat(12)}-${"b".repeat(8)}`,
  );
  expect(stack.deployerPermissions).toAllow("ec2:RunInstances");
  expect(complaint(() => expect(stack.permissions()).toAllow("s3:GetObject"))).toMatch(
    /^expected the permissions to allow s3:GetObject, but they allow .*ssm:GetParameter/,
  );
});

test("toHaveProblem is about what a synth warns of", () => {
  expect(loose).toHaveProblem();
  expect(loose).toHaveProblem(/example\.com\/app:1/);
  expect(loose).not.toHaveProblem("no such thing");
  expect(shop).not.toHaveProblem();
  expect(complaint(() => expect(loose).not.toHaveProblem())).toMatch(
    /^expected stack not to have a problem, but it has\nwarning at stack\/loose: /,
  );
  expect(complaint(() => expect(shop).toHaveProblem())).toBe(
    "expected stack to have a problem, but its synth says nothing",
  );
});

test("toHaveResource is about what Terraform reads", () => {
  const stack = nano({ instanceType: "t4g.micro" });
  expect(stack).toHaveResource("aws_instance");
  expect(stack).toHaveResource("aws_instance", { instance_type: "t4g.micro", ami: expect.any(String) });
  expect(stack).toHaveResource("aws_instance", { metadata_options: { http_tokens: "required" } });
  expect(stack).not.toHaveResource("aws_key_pair");
  expect(complaint(() => expect(stack).toHaveResource("aws_instance", { instance_type: "t4g.nano" }))).toMatch(
    /^expected stack to have a resource aws_instance with \{"instance_type":"t4g.nano"\}, but aws_instance\.\w+ has \{"instance_type":"t4g.micro"\}$/,
  );
  expect(complaint(() => expect(stack).toHaveResource("aws_key_pair"))).toMatch(
    /but it has .*aws_instance, .*data\.aws_ssm_parameter/,
  );
});

test("toCostAtMost is about the price of hosts, where it is known", () => {
  const priced = nano({}, "us-east-1");
  expect(priced).toCostAtMost(8);
  expect(priced).not.toCostAtMost(7);
  expect(complaint(() => expect(priced).toCostAtMost(5))).toBe(
    "expected stack to cost at most 5 USD a month, but stack/host costs 7.36",
  );
  expect(complaint(() => expect(nano({}, "eu-central-1")).toCostAtMost(1000))).toContain(
    "the price of stack/host in eu-central-1 is not known",
  );
  expect(shop).toCostAtMost(0);
});

test("a matcher that is asked of something else says of what", () => {
  expect(() => expect("api").toReach("api")).toThrow("toReach must be asked of stack.route(url), got api");
  expect(() => expect(shop.model).toOpenPort(80)).toThrow(
    "toOpenPort must be asked of what synthesize(…) returned, got Object",
  );
  expect(() => expect(shop).toAllow("a:B")).toThrow(
    "toAllow must be asked of stack.permissions(host) or stack.deployerPermissions, got SynthesizedStack",
  );
  expect(() => expect(["s3:GetObject"]).toAllow("s3:GetObject")).toThrow(
    "toAllow must be asked of stack.permissions(host) or stack.deployerPermissions, got Array",
  );
  expect(() => expect([]).not.toAllow("iam:*")).toThrow('toAllow must be asked about one action, got "iam:*"');
});

test("the matchers need no runner", () => {
  const { toReach } = slipwayMatchers;
  expect(toReach(shop.route(`https://${NAME}/`), "front-end").pass).toBe(true);
});
