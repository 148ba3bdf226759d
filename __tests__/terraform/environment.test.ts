import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { AwsAccount, EcrRegistry } from "../../src/aws/index.ts";
import { Environment, type EnvironmentProps } from "../../src/index.ts";
import { synthesize } from "../../src/testing/index.ts";

interface Sizes {
  readonly memoryMiB: number;
}

const PRODUCTION = {
  name: "production",
  account: "111122223333",
  region: "eu-west-1",
  domain: "example.com",
  values: { memoryMiB: 256 },
};

const newApp = () => new App({ outdir: mkdtempSync(join(tmpdir(), "slipway-synth-")) });
const production = () => new Environment<Sizes>(PRODUCTION);
/** A program without a type check hands over whatever it likes. */
const untyped = (props: object) => () => new Environment(props as EnvironmentProps<object>);

function document(environment: Environment<unknown>, declare: (stack: TerraformStack) => unknown = () => {}) {
  const stack = environment.stack(newApp(), "netflix");
  declare(stack);
  return { stack, ...JSON.parse(synthesize(stack).json) };
}

test("it names stacks and sites, and carries what is its own", () => {
  const environment = production();
  expect(environment.stackName("netflix")).toBe("netflix-production");
  expect(environment.hostname("netflix")).toBe("netflix.example.com");
  expect(environment.hostname()).toBe("example.com");
  expect(environment.values.memoryMiB).toBe(256);
});

test("a stack of it has its name, a state beside the project, and knows where it is from", () => {
  const { stack, terraform } = document(production());
  expect(stack.node.id).toBe("netflix-production");
  expect(Environment.of(stack)?.name).toBe("production");
  expect(terraform.backend.local.path).toBe("../../../terraform.netflix-production.tfstate");
});

test("the account, the region and the tag of all that is on AWS follow", () => {
  const { provider } = document(production(), (stack) => {
    expect(new EcrRegistry(stack, "ecr").address).toBe("111122223333.dkr.ecr.eu-west-1.amazonaws.com");
  });
  expect(provider.aws).toEqual([
    {
      region: "eu-west-1",
      default_tags: [{ tags: { "dev.slipway.stack": "netflix-production", "slipway:environment": "production" } }],
    },
  ]);
});

test("an account that says more takes its place from the environment", () => {
  const { provider } = document(production(), (stack) => new AwsAccount(stack, "aws", { profile: "shop" }));
  expect(provider.aws[0]).toMatchObject({ region: "eu-west-1", profile: "shop" });
});

test.each([
  [
    "account",
    { account: "999900001111" },
    "is 999900001111, but the stack is of the environment production, which is 111122223333",
  ],
  [
    "region",
    { region: "us-east-1" },
    "is us-east-1, but the stack is of the environment production, which is eu-west-1",
  ],
])("another %s than the environment's is refused with both", (property, props, problem) => {
  const refusal = `netflix-production/aws: ${property}: ${problem}`;
  expect(() => document(production(), (stack) => new AwsAccount(stack, "aws", props))).toThrow(refusal);
});

test("a registry in another account than the environment's is refused with both", () => {
  const elsewhere = { account: "999900001111", region: "eu-west-1" };
  expect(() => document(production(), (stack) => new EcrRegistry(stack, "ecr", elsewhere))).toThrow(
    /is 999900001111, but the stack is of the environment production, which is 111122223333/,
  );
});

test("an environment without an account leaves that to each stack", () => {
  const place = { account: "999900001111", region: "us-east-1" };
  const { provider } = document(new Environment({ name: "dev" }), (stack) => new AwsAccount(stack, "aws", place));
  expect(provider.aws[0].region).toBe("us-east-1");
});

test("a stack of one's own class is included by its constructor", () => {
  class Netflix extends TerraformStack {
    constructor(app: App, environment: Environment<Sizes>) {
      super(app, environment.stackName("netflix"));
      environment.include(this);
    }
  }
  expect(Environment.of(new Netflix(newApp(), production()))?.name).toBe("production");
});

test("a stack of another name would share a state, and is refused", () => {
  expect(() => production().include(new TerraformStack(newApp(), "netflix"))).toThrow(
    'netflix: id: stack must end in -production, got "netflix": name it environment.stackName("netflix"), which is netflix-production: no two environments then share a state',
  );
});

test("a stack is of one environment", () => {
  const stack = production().stack(newApp(), "netflix");
  expect(() => production().include(stack)).toThrow("netflix-production: environment: is of production already");
});

test("a stack without an environment is of none", () => {
  const app = newApp();
  expect(Environment.of(new TerraformStack(app, "netflix"))).toBeUndefined();
  expect(Environment.of(app)).toBeUndefined();
});

test("its state may be kept elsewhere", () => {
  const seen: string[] = [];
  new Environment({ name: "dev", backend: (stack) => void seen.push(stack.node.id) }).stack(newApp(), "netflix");
  expect(seen).toEqual(["netflix-dev"]);
});

test.each([
  ["", 'environment name must not be empty, got "": write e.g. "staging"'],
  ["Production", /must begin with a letter and hold lower-case .*, got "Production": use "production"/],
  ["pre_prod", /got "pre_prod": use "pre-prod"/],
  ["1", /got "1": write e.g. "staging"/],
  ["a".repeat(25), /must have at most 24 characters, got "a{25}": it has 25/],
  ["preview-pr-42", /must not be that of a preview, got "preview-pr-42": write Environment.preview/],
])("the name %j is refused", (name, problem) => {
  expect(untyped({ name })).toThrow(problem);
});

test.each([
  [{ account: "111122223333" }, /environment dev must have the region of its account, got "111122223333"/],
  [{ region: "eu-west-1" }, /environment dev must have the account of its region, got "eu-west-1"/],
  [{ domain: "https://example.com" }, /server name must not have a scheme/],
  [{ acount: "111122223333" }, /Environment option must be known, got "acount": did you mean account\?/],
])("%j is refused", (props, problem) => {
  expect(untyped({ name: "dev", ...props })).toThrow(problem);
});

test("names of sites need a domain", () => {
  expect(() => new Environment({ name: "dev" }).hostname("shop")).toThrow(
    /environment dev must have a domain, of which names are made, got undefined: write domain: /,
  );
});

describe("a preview", () => {
  const preview = () => Environment.preview("pr-42", { expiresAfter: "3d", domain: "pr-42.preview.example.com" });

  test("its time is reckoned by the first apply, kept in the state, and not moved by the next", () => {
    const { stack, resource, output } = document(preview());
    expect(stack.node.id).toBe("netflix-preview-pr-42");
    const [[name, expiry]] = Object.entries<Record<string, unknown>>(resource.terraform_data) as [
      [string, Record<string, unknown>],
    ];
    expect(expiry).toMatchObject({
      input: '${timeadd(timestamp(), "4320m")}',
      triggers_replace: "3d",
      lifecycle: { ignore_changes: ["input"] },
    });
    expect(output).toEqual({ slipway_expires: { value: `\${terraform_data.${name}.output}` } });
  });

  test("an environment that is none has no such thing", () => {
    const { resource, output } = document(production());
    expect([resource, output]).toEqual([undefined, undefined]);
  });

  test.each([
    [
      "3 days",
      /lifetime must be a whole number of minutes, hours or days, from 10m to 90d, got "3 days": write it like "3d"/,
    ],
    ["9m", /from 10m to 90d, got "9m"/],
    ["91d", /from 10m to 90d, got "91d"/],
    [3, /from 10m to 90d, got 3/],
  ])("the lifetime %j is refused", (expiresAfter, problem) => {
    expect(() => Environment.preview("a", { expiresAfter: expiresAfter as string })).toThrow(problem);
  });

  test("its name is given without the prefix", () => {
    expect(() => Environment.preview("preview-a", { expiresAfter: "1d" })).toThrow(
      'preview name must be without its prefix, got "preview-a": write "a"',
    );
  });
});
