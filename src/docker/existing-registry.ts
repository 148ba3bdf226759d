import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { at, ConstructError } from "../terraform/construct-error.ts";
import { constructId } from "../terraform/construct-id.ts";
import { literal } from "../terraform/literal.ts";
import { RegistryAddress } from "../values/registry-address.ts";
import { registryRepository } from "./hosted-registry.ts";
import type { PullAccess } from "./pull-access.ts";
import type { IRegistry, IRepository } from "./registry.ts";
import type { RegistryLogin } from "./registry-login.ts";

/** What an {@link ExistingRegistry} takes. */
export interface ExistingRegistryProps {
  /** `host[:port]`, without scheme or path. */
  readonly address: string;
  /** @default - `http` on a loopback address, else `https` */
  readonly protocol?: "http" | "https";
  /** Whether a pull needs the deploying machine's `docker login`. @default - true for `https`, false for `http` */
  readonly private?: boolean;
  /** A user of the registry, by variables of the environment; needs `https`. @default - as `private` says */
  readonly login?: RegistryLogin;
}

/** A registry that runs already; made by `SelfHostedRegistry.fromAddress`. */
export class ExistingRegistry extends Construct implements IRegistry {
  readonly address: string;
  readonly endpoint: string;
  readonly ready: ITerraformDependable[] = [];
  private readonly pullAccess: PullAccess;

  constructor(scope: Construct, id: string, props: ExistingRegistryProps) {
    super(scope, constructId(scope, id));
    const address = at(this, "address", () => RegistryAddress.parse(literal(this, "address", props.address)));
    const protocol = props.protocol ?? (address.isLoopback ? "http" : "https");
    this.address = address.toString();
    this.endpoint = `${protocol}://${this.address}`;
    this.pullAccess = this.access(props, protocol);
  }

  repository(path: string): IRepository {
    return registryRepository(this, literal(this, "path", path), this.pullAccess);
  }

  private access({ login, private: isPrivate }: ExistingRegistryProps, protocol: "http" | "https"): PullAccess {
    if (login && protocol === "http")
      throw new ConstructError(this, "login", "would send its password in the clear: say protocol https");
    if (login && isPrivate === false)
      throw new ConstructError(this, "private", "is false, but a login is given: leave out one of them");
    if (login) return login.accessTo(this.address);
    return (isPrivate ?? protocol === "https")
      ? { kind: "docker-config", address: this.address }
      : { kind: "anonymous" };
  }
}
