/** A resource or data source as Terraform reads it. */
export interface SynthesizedResource {
  /** E.g. `aws_instance.host_Instance_1A2B3C4D`; a data source's begins with `data.`. */
  readonly address: string;
  readonly type: string;
  readonly name: string;
  /** The path of the construct that declares it. */
  readonly path: string;
  /** Its arguments in Terraform's own words; what the apply alone knows is a reference. */
  readonly values: Readonly<Record<string, unknown>>;
}

type Blocks = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** What Terraform reads, as far as it is resources. */
export interface TerraformDocument {
  readonly resource?: Blocks;
  readonly data?: Blocks;
}

/** The resources and data sources of `document`, sorted by address. */
export function readResources({ resource = {}, data = {} }: TerraformDocument): SynthesizedResource[] {
  const all = [...inBlocks(resource, ""), ...inBlocks(data, "data.")];
  return all.sort((a, b) => (a.address < b.address ? -1 : 1));
}

function inBlocks(blocks: Blocks, prefix: string): SynthesizedResource[] {
  return Object.entries(blocks).flatMap(([type, named]) =>
    Object.entries(named).map(([name, { "//": comment, ...values }]) => ({
      address: `${prefix}${type}.${name}`,
      type,
      name,
      path: (comment as { metadata?: { path?: string } } | undefined)?.metadata?.path ?? "",
      values,
    })),
  );
}
