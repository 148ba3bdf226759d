import type { DeclaredResources, Told } from "./declared-resources.ts";

/** A host of a stack, as far as a person may ask it: what Terraform calls its parts, or what the engine does. */
export type DeclaredHost = { readonly path: string } & (
  | { readonly kind: "nano"; readonly instance: string; readonly document: string; readonly deploy?: string }
  | { readonly kind: "ssh"; readonly deploy: string; readonly connection: Told }
  | { readonly kind: "local"; readonly nginx: string; readonly engine?: string }
  | { readonly kind: "swarm"; readonly engine?: string }
);

/** What the script that asks a server is told of it. */
const CONNECTION = ["HOST", "ADDRESS", "PORT", "USER", "HOST_KEY", "FINGERPRINT"].map((name) => `SLIPWAY_${name}`);

type Resources = Pick<DeclaredResources, "resources" | "steps">;

/** The hosts of `stack`, by their construct path. */
export function declaredHosts(stack: Resources): DeclaredHost[] {
  const all = [...nanoHosts(stack), ...sshHosts(stack), ...localHosts(stack), ...swarmHosts(stack)];
  return all.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A nano is known by the document by which it is told, and by its instance. */
function nanoHosts(stack: Resources): DeclaredHost[] {
  const at = (type: string, path: string) => stack.resources(type).find((each) => each.path === path)?.address;
  return stack.resources("aws_ssm_document").flatMap(({ address, path }): DeclaredHost[] => {
    const [, host] = /^(.+)\/Release\/Document\/Resource$/.exec(path) ?? [];
    const instance = host && at("aws_instance", `${host}/Instance/Resource`);
    if (!host || !instance) return [];
    const deploy = at("terraform_data", `${host}/Release/Deploy/Resource`);
    return [{ kind: "nano", path: host, instance, document: address, ...(deploy && { deploy }) }];
  });
}

/** A server is known by the step that tells it its release. */
function sshHosts(stack: Resources): DeclaredHost[] {
  return stack.steps.flatMap(({ path, told }): DeclaredHost[] => {
    const [, host] = /^(.+)\/Release\/Deploy\/Resource$/.exec(path) ?? [];
    const deploy = stack.resources("terraform_data").find((each) => each.path === path)?.address;
    if (!host || !deploy || told.SLIPWAY_HOST_KEY === undefined) return [];
    const connection = Object.fromEntries(CONNECTION.map((name) => [name, told[name]]));
    return [{ kind: "ssh", path: host, deploy, connection }];
  });
}

/** A host on an engine is known by the step that tells its Nginx. */
function localHosts(stack: Resources): DeclaredHost[] {
  return stack.steps.flatMap(({ path, told }): DeclaredHost[] => {
    const [, host] = /^(.+)\/Release\/Resource$/.exec(path) ?? [];
    const { SLIPWAY_NGINX: nginx, DOCKER_HOST: engine } = told;
    if (!host || !nginx) return [];
    return [{ kind: "local", path: host, nginx, ...(engine === undefined ? {} : { engine }) }];
  });
}

/** A host on a swarm is known by the step that waits for its Nginx. */
function swarmHosts(stack: Resources): DeclaredHost[] {
  return stack.steps.flatMap(({ path, told }): DeclaredHost[] => {
    const [, host] = /^(.+)\/Edge\/Wait\/Resource$/.exec(path) ?? [];
    const { SLIPWAY_KEPT: kept, DOCKER_HOST: engine } = told;
    if (!host || kept === undefined) return [];
    return [{ kind: "swarm", path: host, ...(engine === undefined ? {} : { engine }) }];
  });
}
