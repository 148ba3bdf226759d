import { type App, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { environmentName, previewName } from "../values/environment-name.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { type OptionNames, refuseUnknownOptions } from "../values/known-options.ts";
import { Lifetime } from "../values/lifetime.ts";
import { ServerName } from "../values/server-name.ts";
import { ConstructError } from "./construct-error.ts";
import { describe } from "./description.ts";
import { Expiry } from "./expiry.ts";
import { constructId } from "./literal.ts";
import { useLocalBackend } from "./local-backend.ts";
import { perStack } from "./per-stack.ts";
import { owningStack, stackOf } from "./stack-of.ts";

/** Where an environment is, and what is its own there. */
interface EnvironmentPlace {
  /** The account that its stacks deploy to, 12 digits; another one's credentials fail the plan. @default - each stack's own `AwsAccount` says */
  readonly account?: string;
  /** The region that its hosts and repositories are in; given together with `account`. @default - each stack's own `AwsAccount` says */
  readonly region?: string;
  /** The domain that its names are below, e.g. `staging.example.com`. @default - none, `hostname` is refused */
  readonly domain?: string;
  /** Where the state of its stacks is kept, e.g. by `useS3Backend`. @default - beside the project, {@link useLocalBackend} */
  readonly backend?: (stack: TerraformStack) => void;
}

/** Sizes, versions and whatever else differs between environments, of the program's own type. */
type OwnValues<Values> =
  Record<never, never> extends Values ? { readonly values?: Values } : { readonly values: Values };

/** What an {@link Environment} takes. */
export type EnvironmentProps<Values> = EnvironmentPlace &
  OwnValues<Values> & {
    /** E.g. `staging`; it ends the names of stacks. */
    readonly name: string;
  };

/** What {@link Environment.preview} takes. */
export type PreviewOptions<Values> = EnvironmentPlace &
  OwnValues<Values> & {
    /** How long it is there after its first deploy, e.g. `3d`; another value counts from the deploy that brings it. */
    readonly expiresAfter: string;
  };

const PLACE: OptionNames<EnvironmentPlace & { readonly values: unknown }> = {
  account: true,
  region: true,
  domain: true,
  backend: true,
  values: true,
};

const environmentOf = perStack((): { environment?: Environment<unknown> } => ({}));

/**
 * One of the places where the same program is deployed: dev, staging, production, or a preview of one change. It names
 * the stacks, says where they are, and carries what differs, so that one `main.ts` declares all of them.
 *
 * Why a value and no construct: an app has stacks of several environments, and a stack is of one.
 */
export class Environment<Values = Record<never, never>> {
  /** The environment of the stack that `scope` belongs to, if it is of one. */
  static of(scope: IConstruct): Environment<unknown> | undefined {
    return stackOf(scope) && environmentOf(scope).environment;
  }

  /**
   * An environment for one change, e.g. `pr-42`, whose stacks `npx slipway down --expired` takes away when their time is
   * over. Its name begins with `preview-`, as no other's may.
   *
   * @throws InvalidValueError for a name, a place or a lifetime that is none
   */
  static preview<Values = Record<never, never>>(
    name: string,
    { expiresAfter, ...props }: PreviewOptions<Values>,
  ): Environment<Values> {
    const lifetime = Lifetime.parse(expiresAfter);
    return new Environment({ ...props, name } as unknown as EnvironmentProps<Values>, lifetime);
  }

  readonly name: string;
  readonly account?: string;
  readonly region?: string;
  readonly domain?: string;
  /** What differs between environments; the program's own. */
  readonly values: Values;
  private readonly backend: (stack: TerraformStack) => void;

  /** @throws InvalidValueError for a name of which no stack can be named, or half a place */
  constructor(
    props: EnvironmentProps<Values>,
    /** Of a preview: how long it is there. */
    private readonly lifetime?: Lifetime,
  ) {
    refuseUnknownOptions("Environment", props as object, { name: true, ...PLACE });
    const { account, region, domain } = props;
    this.name = lifetime ? previewName(props.name) : environmentName(props.name);
    const subject = `environment ${this.name}`;
    if ((account === undefined) !== (region === undefined)) {
      const rule =
        account === undefined ? "must have the account of its region" : "must have the region of its account";
      const remedy = 'write e.g. account: "123456789012", region: "eu-west-1", or leave out both';
      throw new InvalidValueError({ subject, rule, got: account ?? region, remedy });
    }
    this.account = account;
    this.region = region;
    this.domain = domain === undefined ? undefined : ServerName.parse(domain).toString();
    this.values = (props.values ?? {}) as Values;
    this.backend = props.backend ?? useLocalBackend;
  }

  /** What a stack is called here, e.g. `netflix-production` for `netflix`. */
  stackName(name: string): string {
    return `${name}-${this.name}`;
  }

  /** Makes a stack of this environment, e.g. `netflix-production`. @throws {ConstructError} for a name that is none */
  stack(app: App, name: string): TerraformStack {
    const stack = new TerraformStack(app, constructId(app, this.stackName(name)));
    this.include(stack);
    return stack;
  }

  /**
   * Makes a stack of one's own class one of this environment; its constructor calls it before it declares anything else.
   *
   * @throws {ConstructError} for a stack that is named otherwise than {@link stackName} says, or is of an environment already
   */
  include(stack: TerraformStack): void {
    const known = environmentOf(stack);
    const { id } = stack.node;
    if (known.environment) {
      throw new ConstructError(stack, "environment", `is of ${known.environment} already: include it once`);
    }
    if (!id.endsWith(`-${this.name}`)) {
      const remedy = `name it environment.stackName("${id}"), which is ${this.stackName(id)}: no two environments then share a state`;
      throw new ConstructError(stack, "id", { subject: "stack", rule: `must end in -${this.name}`, got: id, remedy });
    }
    known.environment = this;
    this.backend(stack);
    describe(stack, "environment", () => ({ name: this.name, expiresAfter: this.lifetime?.toString() }));
    if (this.lifetime) new Expiry(stack, "Expiry", this.lifetime);
  }

  /**
   * The name of a site here, e.g. `netflix.staging.example.com` for `netflix`; without one, the domain itself.
   * @throws InvalidValueError where the environment has no domain, or for what DNS knows no name of
   */
  hostname(name?: string): string {
    if (this.domain === undefined) {
      const rule = "must have a domain, of which names are made";
      const remedy = 'write domain: "staging.example.com"';
      throw new InvalidValueError({ subject: `environment ${this.name}`, rule, got: this.domain, remedy });
    }
    return name === undefined ? this.domain : ServerName.parse(`${name}.${this.domain}`).toString();
  }

  toString(): string {
    return this.name;
  }
}

/** The stack that the terminal is about, where it is about one: of others, what is missing yet may come later. */
export function isAskedFor(scope: IConstruct): boolean {
  return process.env.SLIPWAY_STACK === owningStack(scope).node.id;
}
