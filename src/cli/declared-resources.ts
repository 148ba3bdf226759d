/** What a stack declares of one resource or provider. */
export interface Block {
  readonly "//"?: { readonly metadata?: { readonly path?: string } };
  readonly [property: string]: unknown;
}

/** The environment that a step of the apply declares; values may be references. */
export type Told = Readonly<Record<string, string | undefined>>;

/** What Terraform reads of one stack, as far as the terminal's verbs look into it. */
export interface Document {
  readonly terraform?: { readonly backend?: { readonly local?: { readonly path?: string } } };
  readonly provider?: { readonly docker?: readonly Block[]; readonly aws?: readonly Block[] };
  readonly resource?: Record<string, Record<string, Block>>;
  readonly data?: Record<string, Record<string, Block>>;
  readonly output?: Record<string, unknown>;
}

/** The resources that a stack declares, by their addresses and by the constructs that declare them. */
export class DeclaredResources {
  constructor(protected readonly document: Document) {}

  /** The resources of a type: what Terraform calls each, and the construct that declares it. */
  resources(type: string): { readonly address: string; readonly path: string }[] {
    return this.blocks(type);
  }

  /** What is declared of the lookups of a type. */
  lookups(type: string): Block[] {
    return Object.values(this.document.data?.[type] ?? {});
  }

  /** What is declared of a resource, or of a lookup, by its address. */
  block(address: string): Block | undefined {
    const [, data, type = "", name = ""] = /^(data\.)?([^.]*)\.(.*)$/.exec(address) ?? [];
    return (data ? this.document.data : this.document.resource)?.[type]?.[name];
  }

  /** The construct path of a resource address such as `docker_container.host_catalog_1A2B`; else the address itself. */
  pathOf(address: string): string {
    return this.constructOf(address) ?? address;
  }

  /** The path of the construct that declares a resource; undefined where none does. */
  constructOf(address: string): string | undefined {
    return this.block(address.replace(/\[.*$/, ""))?.["//"]?.metadata?.path;
  }

  /** The addresses of all resources of which a plan has one in any case. */
  get addresses(): string[] {
    return Object.entries(this.document.resource ?? {}).flatMap(([type, named]) =>
      Object.entries(named)
        .filter(([, block]) => block.count === undefined && block.for_each === undefined)
        .map(([name]) => `${type}.${name}`),
    );
  }

  /** The steps of the apply, and what each is told by its environment. */
  get steps(): { path: string; command: string; told: Told }[] {
    return this.blocks("terraform_data").flatMap(({ path, block }) =>
      list(block.provisioner)
        .flatMap((provisioner) => list(provisioner["local-exec"]))
        .map(({ command, environment }) => ({ path, command: String(command), told: (environment ?? {}) as Told })),
    );
  }

  /** Those of the steps that build an image. */
  get buildSteps(): { path: string; told: Told }[] {
    return this.steps.filter(({ told }) => told.SLIPWAY_DOCKERFILE !== undefined);
  }

  /** Those of the steps that say how an engine gets on: builds, and pushes of what it has built. */
  get engineSteps(): { path: string }[] {
    return [...this.buildSteps, ...this.steps.filter(({ told }) => told.SLIPWAY_BUILT !== undefined)];
  }

  /** Those of a type, sorted by what Terraform calls them. */
  blocks(type: string): { path: string; block: Block; address: string }[] {
    const blocks = this.document.resource?.[type] ?? {};
    return Object.keys(blocks)
      .sort()
      .map((name) => `${type}.${name}`)
      .map((address) => ({
        address,
        path: this.pathOf(address),
        block: blocks[address.slice(type.length + 1)] as Block,
      }));
  }
}

/** The construct that a resource stands for: the child that carries its meaning is called `Resource`. */
export function ownerOf(path: string): string {
  return path.replace(/\/Resource$/, "");
}

/** Terraform's JSON writes a single block as itself or as a list of one. */
export function list(value: unknown): Block[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as Block[];
}
