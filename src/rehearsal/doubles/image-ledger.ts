/** An image as ECR lists it. */
export interface LedgerImage {
  readonly digest: string;
  readonly mediaType: string;
  readonly manifest: string;
  readonly pushed: Date;
  readonly tags: Set<string>;
}

/** Which images each repository holds. Why: the ECR API and the registry are two programs here and one service on AWS. */
export class ImageLedger {
  readonly #repositories = new Map<string, Map<string, LedgerImage>>();

  images(repository: string): LedgerImage[] {
    return [...(this.#repositories.get(repository)?.values() ?? [])];
  }

  /** The image under a tag or a digest. */
  find(repository: string, reference: string): LedgerImage | undefined {
    return this.images(repository).find(({ digest, tags }) => digest === reference || tags.has(reference));
  }

  /** Notes a push; a tag moves to the image that was pushed under it last. */
  push(repository: string, image: Omit<LedgerImage, "tags">, tag?: string): void {
    const images = this.#repositories.get(repository) ?? new Map<string, LedgerImage>();
    this.#repositories.set(repository, images);
    const entry = images.get(image.digest) ?? { ...image, tags: new Set<string>() };
    images.set(image.digest, entry);
    if (tag === undefined) return;
    for (const { tags } of images.values()) tags.delete(tag);
    entry.tags.add(tag);
  }

  /** Removes a tag, and the image with its last one; a digest removes the image. */
  remove(repository: string, reference: string): void {
    const image = this.find(repository, reference);
    if (!image) return;
    image.tags.delete(reference);
    if (reference === image.digest || image.tags.size === 0) this.#repositories.get(repository)?.delete(image.digest);
  }

  /** The repositories that hold images. */
  get filled(): string[] {
    return [...this.#repositories].flatMap(([name, images]) => (images.size > 0 ? [name] : []));
  }

  clear(repository: string): void {
    this.#repositories.delete(repository);
  }
}
