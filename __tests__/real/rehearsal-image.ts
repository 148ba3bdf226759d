import { createHash } from "node:crypto";

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
    const begun = await fetch(`${registry}/v2/${repository}/blobs/uploads/`, {
      method: "POST",
      headers: { authorization },
    });
    if (begun.status !== 202) return { status: begun.status, body: await begun.text(), digest: "" };
    const location = new URL(begun.headers.get("location") ?? "", registry);
    location.searchParams.set("digest", digest(blob));
    const target = `${registry}${location.pathname}${location.search}`;
    await fetch(target, { method: "PUT", headers: { authorization }, body: blob });
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
