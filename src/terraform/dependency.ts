/**
 * What a resource can wait for: anything with an address in Terraform, as `depends_on` lists it. Why not cdktf's own
 * interface: this one is all that is asked of it, whatever the core is called that made it.
 */
export interface TerraformDependency {
  /** The address, e.g. `docker_container.web`; a reference. */
  readonly fqn: string;
}
