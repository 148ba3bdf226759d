import { createHash } from "node:crypto";
import type { ApiAnswer } from "./api-answer.ts";
import { type ApiCall, ApiRefusal, jsonAnswer } from "./api-call.ts";
import type { ApiFront } from "./api-front.ts";
import type { EcrLogins } from "./ecr-logins.ts";
import type { ImageLedger, LedgerImage } from "./image-ledger.ts";
import { type MotoClient, MotoError } from "./moto-client.ts";

interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

/** A repository's settings that decide what a push may do. */
export interface RepositorySettings {
  readonly arn: string;
  /** Whether `tag` may be pushed a second time. */
  allowsOverwrite(tag: string): boolean;
}

/** The part of ECR's API that has to agree with the registry: logins, images, and what a repository's removal refuses. */
export class EcrApi {
  constructor(
    private readonly moto: MotoClient,
    private readonly ledger: ImageLedger,
    private readonly logins: EcrLogins,
    private readonly account: string,
    /** The loopback port of the registry that keeps the layers. */
    private readonly backend: number,
  ) {}

  /** The settings of a repository, `undefined` when there is none of that name. */
  async repository(name: string): Promise<RepositorySettings | undefined> {
    try {
      const { repositories } = await this.moto.json("ecr", "DescribeRepositories", { repositoryNames: [name] });
      const [found] = repositories as {
        repositoryArn: string;
        imageTagMutability?: string;
        imageTagMutabilityExclusionFilters?: { filter: string }[];
      }[];
      if (!found) return undefined;
      const mutability = found.imageTagMutability ?? "MUTABLE";
      const filters = (found.imageTagMutabilityExclusionFilters ?? []).map(
        ({ filter }) => new RegExp(`^${filter.replace(/[.]/g, "\\.").replace(/\*/g, ".*")}$`),
      );
      return {
        arn: found.repositoryArn,
        allowsOverwrite: (tag) => mutability.startsWith("MUTABLE") !== filters.some((filter) => filter.test(tag)),
      };
    } catch (error) {
      if (error instanceof MotoError && error.code.includes("RepositoryNotFound")) return undefined;
      throw error;
    }
  }

  /** Answers at `front`. */
  serve(front: ApiFront): void {
    front.intercept("ecr", "GetAuthorizationToken", async (call) => this.#token(call));
    front.intercept("ecr", "DescribeImages", async (call) => {
      const name = await this.#existing(call);
      const ids = call.input.imageIds as ImageId[] | undefined;
      const images = ids ? ids.map((id) => this.#find(name, id)) : this.ledger.images(name);
      return jsonAnswer({ imageDetails: images.map((image) => this.#detail(name, image)) });
    });
    front.intercept("ecr", "ListImages", async (call) => {
      const name = await this.#existing(call);
      const imageIds = this.ledger
        .images(name)
        .flatMap(({ digest, tags }) =>
          tags.size === 0
            ? [{ imageDigest: digest }]
            : [...tags].map((imageTag) => ({ imageDigest: digest, imageTag })),
        );
      return jsonAnswer({ imageIds });
    });
    front.intercept("ecr", "BatchGetImage", async (call) => this.#batchGet(call));
    front.intercept("ecr", "BatchDeleteImage", async (call) => this.#batchDelete(call));
    front.intercept("ecr", "PutImage", async (call) => this.#put(call));
    front.intercept("ecr", "DeleteRepository", async (call, forward) => {
      const name = await this.#existing(call);
      if (call.input.force !== true && this.ledger.images(name).length > 0) {
        throw new ApiRefusal(
          "RepositoryNotEmptyException",
          `The repository with name '${name}' in registry with id '${this.account}' cannot be deleted because it still contains images`,
        );
      }
      this.ledger.clear(name);
      return await forward();
    });
  }

  #token({ caller, region }: ApiCall): ApiAnswer {
    const { password, expires } = this.logins.mint(caller);
    return jsonAnswer({
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${password}`).toString("base64"),
          expiresAt: Math.floor(expires.getTime() / 1000),
          proxyEndpoint: `https://${this.account}.dkr.ecr.${region}.amazonaws.com`,
        },
      ],
    });
  }

  async #batchGet(call: ApiCall): Promise<ApiAnswer> {
    const name = await this.#existing(call);
    const images: object[] = [];
    const failures: object[] = [];
    for (const imageId of call.input.imageIds as ImageId[]) {
      const image = this.ledger.find(name, imageId.imageTag ?? imageId.imageDigest ?? "");
      if (!image) failures.push({ imageId, failureCode: "ImageNotFound", failureReason: "Requested image not found" });
      else {
        images.push({
          registryId: this.account,
          repositoryName: name,
          imageId: { imageDigest: image.digest, imageTag: imageId.imageTag },
          imageManifest: image.manifest,
          imageManifestMediaType: image.mediaType,
        });
      }
    }
    return jsonAnswer({ images, failures });
  }

  /** A tag goes alone, and takes the image along when it was the last one; a digest takes all of its tags along. */
  async #batchDelete(call: ApiCall): Promise<ApiAnswer> {
    const name = await this.#existing(call);
    const imageIds: ImageId[] = [];
    const failures: object[] = [];
    for (const imageId of call.input.imageIds as ImageId[]) {
      const { imageDigest, imageTag } = imageId;
      const image = this.ledger.find(name, imageTag ?? imageDigest ?? "");
      const failed = (failureCode: string, failureReason: string) =>
        failures.push({ imageId, failureCode, failureReason });
      if (!image) failed("ImageNotFound", "Requested image not found");
      else if (imageTag !== undefined && imageDigest !== undefined && imageDigest !== image.digest)
        failed("ImageTagDoesNotMatchDigest", "The tag is of another image");
      else if ((imageTag === undefined || image.tags.size === 1) && this.#isListed(name, image.digest))
        failed("ImageReferencedByManifestList", "Requested image referenced by manifest list");
      else {
        const tags = imageTag === undefined ? [...image.tags] : [imageTag];
        imageIds.push(
          ...(tags.length > 0 ? tags : [undefined]).map((tag) => ({ imageDigest: image.digest, imageTag: tag })),
        );
        this.ledger.remove(name, imageTag ?? image.digest);
      }
    }
    return jsonAnswer({ imageIds, failures });
  }

  #isListed(repository: string, digest: string): boolean {
    return this.ledger.images(repository).some(({ manifest }) => {
      const { manifests = [] } = JSON.parse(manifest) as { manifests?: { digest: string }[] };
      return manifests.some((member) => member.digest === digest);
    });
  }

  /** Keeps a manifest whose layers and members are there already, and refuses as ECR does. */
  async #put(call: ApiCall): Promise<ApiAnswer> {
    const name = await this.#existing(call);
    const { imageManifest, imageManifestMediaType, imageTag, imageDigest } = call.input as Record<string, string>;
    const manifest = imageManifest ?? "";
    const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
    if (imageDigest !== undefined && imageDigest !== digest)
      throw new ApiRefusal("ImageDigestDoesNotMatchException", `The image digest is ${digest}, not ${imageDigest}`);
    const said = (JSON.parse(manifest) as { mediaType?: string }).mediaType;
    const mediaType = imageManifestMediaType ?? said;
    if (mediaType === undefined || (said !== undefined && said !== mediaType))
      throw new ApiRefusal("InvalidParameterException", `the manifest's media type is ${said}, got ${mediaType}`);
    const there = this.ledger.find(name, imageTag ?? digest);
    if (there?.digest === digest)
      throw new ApiRefusal(
        "ImageAlreadyExistsException",
        `Image with digest '${digest}' and tag '${imageTag}' already exists in the repository with name '${name}'`,
      );
    if (there && imageTag !== undefined && !(await this.repository(name))?.allowsOverwrite(imageTag))
      throw new ApiRefusal(
        "ImageTagAlreadyExistsException",
        `The image tag '${imageTag}' already exists in the '${name}' repository and cannot be overwritten because the repository is immutable.`,
      );
    const url = `http://127.0.0.1:${this.backend}/v2/${name}/manifests/${imageTag ?? digest}`;
    const stored = await fetch(url, { method: "PUT", headers: { "content-type": mediaType }, body: manifest });
    if (stored.status !== 201) throw new ApiRefusal("LayersNotFoundException", await stored.text());
    this.ledger.push(name, { digest, mediaType, manifest, pushed: new Date() }, imageTag);
    const imageId = { imageDigest: digest, imageTag };
    return jsonAnswer({
      image: {
        registryId: this.account,
        repositoryName: name,
        imageId,
        imageManifest: manifest,
        imageManifestMediaType: mediaType,
      },
    });
  }

  async #existing({ input }: ApiCall): Promise<string> {
    const name = String(input.repositoryName ?? "");
    if (!(await this.repository(name))) {
      throw new ApiRefusal(
        "RepositoryNotFoundException",
        `The repository with name '${name}' does not exist in the registry with id '${this.account}'`,
      );
    }
    return name;
  }

  #find(repository: string, id: ImageId): LedgerImage {
    const image = this.ledger.find(repository, id.imageTag ?? id.imageDigest ?? "");
    if (image) return image;
    throw new ApiRefusal(
      "ImageNotFoundException",
      `The image with imageId {imageDigest:'${id.imageDigest ?? "null"}', imageTag:'${id.imageTag ?? "null"}'} does not exist within the repository with name '${repository}' in the registry with id '${this.account}'`,
    );
  }

  #detail(repositoryName: string, image: LedgerImage): object {
    return {
      registryId: this.account,
      repositoryName,
      imageDigest: image.digest,
      ...(image.tags.size > 0 ? { imageTags: [...image.tags] } : {}),
      imageSizeInBytes: layerBytes(image.manifest),
      imagePushedAt: Math.floor(image.pushed.getTime() / 1000),
      imageManifestMediaType: image.mediaType,
    };
  }
}

function layerBytes(manifest: string): number {
  const { layers = [] } = JSON.parse(manifest) as { layers?: { size: number }[] };
  return layers.reduce((sum, { size }) => sum + size, 0);
}
