import { ImageReference } from "../values/image-reference.ts";
import { ImageReferenceError } from "../values/image-reference-error.ts";

/** Where an image's file system comes from: nothing, another stage, or an image. */
export type BaseImage =
  | { readonly kind: "scratch"; readonly written: string; readonly line: number }
  | { readonly kind: "stage"; readonly written: string; readonly line: number; readonly stage: number }
  | ExternalImage;

/** An image that a Dockerfile builds upon or copies from. */
export interface ExternalImage {
  readonly kind: "image";
  /** As the Dockerfile says it. */
  readonly written: string;
  readonly line: number;
  /** With its variables replaced; absent where a variable's value is not known or the name is empty. */
  readonly name?: string;
  /** The name as a reference; absent where it is none. */
  readonly reference?: ImageReference;
  /** The platform that is asked for, its variables replaced where they are known. */
  readonly platform?: string;
}

/** The image called `name`, which the Dockerfile says as `written`. */
export function externalImage(line: number, written: string, name = "", platform?: string): ExternalImage {
  const reference = name === "" ? undefined : readReference(name);
  return {
    kind: "image",
    written,
    line,
    ...(name === "" ? {} : { name }),
    ...(reference ? { reference } : {}),
    ...(platform ? { platform } : {}),
  };
}

function readReference(name: string): ImageReference | undefined {
  try {
    return ImageReference.parse(name);
  } catch (error) {
    if (error instanceof ImageReferenceError) return undefined;
    throw error;
  }
}
