import type { TerraformStack } from "cdktf";
import { AwsAccount, NanoFleet, type NanoFleetProps } from "../../../src/aws/index.ts";
import { synthesize } from "../../../src/testing/index.ts";
import { pulled } from "./nano-host-stack.ts";

export const PLACE = { account: "111122223333", region: "eu-west-1" };
export const ZONES = ["eu-west-1a", "eu-west-1b"];
export const ZONE = { id: "Z0123456789" };

/** A stack with the fleet `fleet` in it, and what it is to serve. */
export function fleet(
  declare: (fleet: NanoFleet, stack: TerraformStack, account: AwsAccount) => unknown = () => {},
  props: Partial<NanoFleetProps> = {},
) {
  const stack = synthesize((scope) => {
    const account = new AwsAccount(scope, "aws", PLACE);
    const places = props.subnets ? {} : { availabilityZones: ZONES };
    declare(new NanoFleet(scope, "fleet", { hosts: 2, zone: ZONE, ...places, ...props }), scope, account);
  });
  const document = JSON.parse(stack.json) as Document;
  return { ...withoutPrivates(stack), document, manifestOf: (host: number) => manifestOf(document, host) };
}

/** The fleet `shop` of one service at `/`. */
export const shop = (props: Partial<NanoFleetProps> = {}) =>
  fleet((hosts, stack) => {
    hosts.serve("shop.example.com", { "/": hosts.run("web", { image: pulled(stack, "web"), port: 80 }) });
  }, props);

interface Document {
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
  readonly data: Record<string, Record<string, Record<string, unknown>>>;
  readonly locals: Record<string, Record<string, unknown>>;
  readonly output?: Record<string, { value: unknown }>;
}

function manifestOf({ locals }: Document, host: number) {
  const found = Object.entries(locals).find(([name]) => name.startsWith(`fleet_host-${host}_Release_Manifest_`));
  return found?.[1] as Record<string, unknown> & { services: Record<string, unknown>[]; sites: string };
}

/** What a test asks, for private parts cannot be spread. */
function withoutPrivates(stack: ReturnType<typeof synthesize>) {
  return { asked: stack, json: stack.json, model: stack.model, problems: stack.problems };
}
