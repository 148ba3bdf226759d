import { createHash } from "node:crypto";
import { SIGNATURES, type SignatureArtifact, signatureTag } from "../docker/signature-artifact.ts";

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

export interface Pushed {
  readonly status: number;
  readonly body: string;
  readonly digest: string;
}

/** Pushes an image of one layer that holds `content`, by the registry's own protocol. */
export async function pushImage(
  registry: string,
  authorization: string,
  repository: string,
  reference: string,
  content: string,
): Promise<Pushed> {
  const config = Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", rootfs: { type: "layers" } }));
  const layer = Buffer.from(content);
  for (const blob of [config, layer]) {
    const pushed = await pushBlob(registry, { authorization }, repository, blob);
    if (pushed.status !== 201) return { status: pushed.status, body: await pushed.text(), digest: "" };
  }
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: {
      mediaType: "application/vnd.docker.container.image.v1+json",
      size: config.length,
      digest: digest(config),
    },
    layers: [
      { mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", size: layer.length, digest: digest(layer) },
    ],
  });
  const answer = await fetch(`${registry}/v2/${repository}/manifests/${reference}`, {
    method: "PUT",
    headers: { authorization, "content-type": MANIFEST },
    body: manifest,
  });
  return { status: answer.status, body: await answer.text(), digest: digest(Buffer.from(manifest)) };
}

/** Pushes what is kept by its digest, to a registry that `headers` let in. @returns the last answer */
async function pushBlob(registry: string, headers: Record<string, string>, repository: string, blob: Buffer) {
  const begun = await fetch(`${registry}/v2/${repository}/blobs/uploads/`, { method: "POST", headers });
  if (begun.status !== 202) return begun;
  const location = new URL(begun.headers.get("location") ?? "", registry);
  location.searchParams.set("digest", digest(blob));
  const target = `${registry}${location.pathname}${location.search}`;
  return await fetch(target, { method: "PUT", headers, body: blob });
}

/** Puts signatures beside the image `of`, in place of those that are there. @param headers let in */
export async function pushSignatures(
  registry: string,
  headers: Record<string, string>,
  { repository, of }: { readonly repository: string; readonly of: string },
  { manifest, blobs }: SignatureArtifact,
): Promise<void> {
  for (const blob of blobs.values()) await pushBlob(registry, headers, repository, blob);
  const { status } = await fetch(`${registry}/v2/${repository}/manifests/${signatureTag(of)}`, {
    method: "PUT",
    headers: { ...headers, "content-type": SIGNATURES },
    body: manifest,
  });
  if (status !== 201) throw new Error(`${registry} does not take the signatures of ${of}: ${status}`);
}

/** Pushes an OCI index of two images, in a spelling of its own that nobody would write anew byte for byte. */
export async function pushIndex(registry: string, authorization: string, repository: string, reference: string) {
  const members = [];
  for (const architecture of ["amd64", "arm64"]) {
    const pushed = await pushImage(registry, authorization, repository, `member-${architecture}`, architecture);
    const found = await fetch(`${registry}/v2/${repository}/manifests/${pushed.digest}`, {
      headers: { authorization, accept: MANIFEST },
    });
    const { length: size } = await found.text();
    members.push({ mediaType: MANIFEST, digest: pushed.digest, size, platform: { os: "linux", architecture } });
  }
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const annotations = { "org.example.said": '"quoted" \\ $HOME' };
  const manifest = `${JSON.stringify({ schemaVersion: 2, mediaType, manifests: members, annotations }, null, 3)}\n`;
  const answer = await fetch(`${registry}/v2/${repository}/manifests/${reference}`, {
    method: "PUT",
    headers: { authorization, "content-type": mediaType },
    body: manifest,
  });
  if (answer.status !== 201) throw new Error(`the index was not taken: ${answer.status} ${await answer.text()}`);
  return { mediaType, manifest, digest: digest(Buffer.from(manifest)) };
}

/** Fetches a manifest. @returns the status */
export async function pullManifest(
  registry: string,
  authorization: string,
  repository: string,
  reference: string,
): Promise<number> {
  const answer = await fetch(`${registry}/v2/${repository}/manifests/${reference}`, {
    headers: { authorization, accept: MANIFEST },
  });
  await answer.arrayBuffer();
  return answer.status;
}

function digest(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
