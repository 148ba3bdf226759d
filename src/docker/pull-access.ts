import type { KeptSecret } from "../values/secret-source.ts";

/**
 * How a host gets at a repository, as data. Why data: each host interprets it in its own way (the provider's
 * `registry_auth`, an instance role), so that no cloud's word is needed where images are declared.
 */
export type PullAccess =
  | { readonly kind: "anonymous" }
  | { readonly kind: "docker-config"; readonly address: string }
  /** By a {@link RegistryLogin}; name and password are references to variables, and none may reach a resource. */
  | { readonly kind: "login"; readonly address: string; readonly username: string; readonly password: string }
  /** By a password that the host reads itself; a Docker Engine's host uses the deployer's `docker login` in its place. */
  | { readonly kind: "secret"; readonly address: string; readonly username: string; readonly password: KeptSecret }
  | { readonly kind: "aws-iam"; readonly repositoryArn: string };
