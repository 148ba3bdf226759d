import { createHash, sign } from "node:crypto";

/** The media type of what holds signatures beside an image. */
export const SIGNATURES = "application/vnd.oci.image.manifest.v1+json";
const PAYLOAD = "application/vnd.dev.cosign.simplesigning.v1+json";
const SIGNATURE = "dev.cosignproject.cosign/signature";

export const digestOf = (text: string | Buffer) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** A signature as cosign makes one, with more in its payload where that is said. */
export interface Signed {
  readonly by: string;
  readonly repository: string;
  readonly digest: string;
  readonly optional?: object | null;
}

/** What holds signatures: a manifest, and what it names. */
export interface SignatureArtifact {
  readonly manifest: string;
  /** By digest. */
  readonly blobs: ReadonlyMap<string, Buffer>;
}

/** The tag beside an image at which its signatures are. */
export function signatureTag(digest: string): string {
  return `${digest.replace(":", "-")}.sig`;
}

/** The artifact that cosign would leave. */
export function signatureArtifact(...signed: Signed[]): SignatureArtifact {
  return artifactOf(
    signed.map((each) => {
      const payload = payloadOf(each);
      return { payload, signature: sign("sha256", payload, each.by) };
    }),
  );
}

/**
 * What is no signature of an image by the key of `signed` that this is about, though there was one: the words that name
 * it, what stands beside the image, and what a host says of it.
 */
export const DAMAGED: readonly (readonly [string, (signed: Signed) => SignatureArtifact, string])[] = [
  [
    "a byte of the payload is another",
    (signed) => {
      const payload = payloadOf({ ...signed, optional: { who: "ci" } });
      const changed = Buffer.from(payload.toString().replace('"ci"', '"cj"'));
      return artifactOf([{ payload: changed, signature: sign("sha256", payload, signed.by) }]);
    },
    "is signed by none of the required keys, or its signature is damaged",
  ],
  [
    "a byte of the signature is another",
    (signed) => {
      const payload = payloadOf(signed);
      const signature = sign("sha256", payload, signed.by);
      signature.writeUInt8(signature.readUInt8(signature.length - 1) ^ 1, signature.length - 1);
      return artifactOf([{ payload, signature }]);
    },
    "is signed by none of the required keys, or its signature is damaged",
  ],
  [
    "it is that of another repository",
    (signed) => signatureArtifact({ ...signed, repository: `${signed.repository}-copied` }),
    "has the signature of an image of another repository, ",
  ],
];

function payloadOf({ repository, digest, optional = null }: Signed): Buffer {
  const critical = {
    identity: { "docker-reference": repository },
    image: { "docker-manifest-digest": digest },
    type: "cosign container image signature",
  };
  return Buffer.from(JSON.stringify({ critical, optional }));
}

function artifactOf(signatures: readonly { payload: Buffer; signature: Buffer }[]): SignatureArtifact {
  const layers = signatures.map(({ payload, signature }) => ({
    mediaType: PAYLOAD,
    digest: digestOf(payload),
    size: payload.length,
    annotations: { [SIGNATURE]: signature.toString("base64") },
  }));
  const diffIds = layers.map(({ digest }) => digest);
  const config = Buffer.from(
    JSON.stringify({ architecture: "", os: "", rootfs: { type: "layers", diff_ids: diffIds } }),
  );
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: SIGNATURES,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf(config), size: config.length },
    layers,
  });
  const blobs = [...signatures.map(({ payload }) => payload), config];
  return { manifest, blobs: new Map(blobs.map((bytes) => [digestOf(bytes), bytes])) };
}
