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
