import type { ApiCall } from "../../../src/rehearsal/doubles/api-call.ts";
import type { ApiFront } from "../../../src/rehearsal/doubles/api-front.ts";
import { EcrApi } from "../../../src/rehearsal/doubles/ecr-api.ts";
import type { EcrLogins } from "../../../src/rehearsal/doubles/ecr-logins.ts";
import { ImageLedger } from "../../../src/rehearsal/doubles/image-ledger.ts";
import type { MotoClient } from "../../../src/rehearsal/doubles/moto-client.ts";

type Answer = { imageIds: unknown[]; failures: { failureCode: string }[] };

const NAME = "team/app";
const moto = { json: async () => ({ repositories: [{ repositoryArn: "arn" }] }) } as unknown as MotoClient;

/** A repository with a list of one member, and an image of two tags; and what deletes in it. */
function repository() {
  const ledger = new ImageLedger();
  const push = (digest: string, manifest: object, ...tags: (string | undefined)[]) => {
    const image = { digest, mediaType: "m", manifest: JSON.stringify(manifest), pushed: new Date() };
    for (const tag of tags) ledger.push(NAME, image, tag);
  };
  push("member", {}, undefined);
  push("list", { manifests: [{ digest: "member" }] }, "1.0");
  push("image", {}, "2.0", "release-host.1.0.f00d");
  const handlers = new Map<string, (call: ApiCall) => Promise<{ body: unknown }>>();
  const front = { intercept: (_: string, action: string, handler: never) => handlers.set(action, handler) };
  new EcrApi(moto, ledger, {} as EcrLogins, "111122223333", 1).serve(front as unknown as ApiFront);
  const remove = async (...imageIds: object[]) => {
    const call = { input: { repositoryName: NAME, imageIds } } as unknown as ApiCall;
    const answer = await handlers.get("BatchDeleteImage")?.(call);
    return JSON.parse(String(answer?.body)) as Answer;
  };
  const left = () => ledger.images(NAME).map(({ digest, tags }) => [digest, ...tags].join(" "));
  return { remove, left };
}

describe("the double of ECR deletes", () => {
  test("a tag alone, and the image with its last tag", async () => {
    const { remove, left } = repository();
    expect(await remove({ imageTag: "release-host.1.0.f00d" })).toEqual({
      imageIds: [{ imageDigest: "image", imageTag: "release-host.1.0.f00d" }],
      failures: [],
    });
    expect(left()).toEqual(["member", "list 1.0", "image 2.0"]);
    await remove({ imageTag: "2.0" });
    expect(left()).toEqual(["member", "list 1.0"]);
  });

  test("an image by its digest, with all of its tags", async () => {
    const { remove, left } = repository();
    expect((await remove({ imageDigest: "image" })).imageIds).toHaveLength(2);
    expect(left()).toEqual(["member", "list 1.0"]);
  });

  test.each([
    [{ imageTag: "3.0" }, "ImageNotFound"],
    [{ imageTag: "2.0", imageDigest: "list" }, "ImageTagDoesNotMatchDigest"],
    [{ imageDigest: "member" }, "ImageReferencedByManifestList"],
  ])("nothing for %j", async (id, failureCode) => {
    const { remove, left } = repository();
    expect(await remove(id)).toMatchObject({ imageIds: [], failures: [{ failureCode }] });
    expect(left()).toHaveLength(3);
  });
});
