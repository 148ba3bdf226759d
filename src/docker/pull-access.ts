/**
 * How a host gets at a repository, as data. Why data: each host interprets it in its own way (the provider's
 * `registry_auth`, an instance role), so that no cloud's word is needed where images are declared.
 */
export type PullAccess =
  | { readonly kind: "anonymous" }
  | { readonly kind: "docker-config"; readonly address: string }
  /** By a {@link RegistryLogin}; name and password are references to variables, and none may reach a resource. */
  | { readonly kind: "login"; readonly address: string; readonly username: string; readonly password: string }
  | { readonly kind: "aws-iam"; readonly repositoryArn: string };
