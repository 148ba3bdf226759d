import type { HttpAnswer, HttpOptions } from "../../src/cli/http-request.mjs";
import { RegistryContent } from "../../src/cli/registry-content.ts";
import { RegistrySession } from "../../src/cli/registry-session.ts";

const PLACE = { domain: "r.example.com", path: "team/app" };
const EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

type Reply = Partial<HttpAnswer> & { readonly location?: string };

/** A registry behind a token service, which answers the requests in turn; and what it was asked. */
function talk(...replies: Reply[]) {
  const asked: string[] = [];
  const send = async (url: string, { method = "GET", headers = {} }: HttpOptions = {}): Promise<HttpAnswer> => {
    const login = headers.authorization?.split(" ")[0] ?? "";
    asked.push([method, url, login].filter(Boolean).join(" "));
    if (url.startsWith("https://tokens.example.com/"))
      return { status: 200, headers: {}, body: Buffer.from('{"token":"granted"}') };
    if (login === "" && url.startsWith("https://r.example.com/")) {
      const challenge = 'Bearer realm="https://tokens.example.com/t",service="s",scope="repository:team/app:pull"';
      return { status: 401, headers: { "www-authenticate": challenge }, body: Buffer.alloc(0) };
    }
    const { location, headers: more = {}, ...reply } = replies.shift() ?? {};
    const own = location === undefined ? more : { ...more, location };
    return { status: 200, body: Buffer.alloc(0), ...reply, headers: own };
  };
  const session = new RegistrySession(send, { find: () => ({ username: "me", password: "secret" }) }, async () => {});
  return { asked, content: new RegistryContent(session) };
}

it("asks for the right to push before it looks what is there, and once", async () => {
  const { asked, content } = talk(
    { status: 404 },
    { status: 202, location: "/v2/team/app/blobs/uploads/7?state=a" },
    { status: 202, location: "https://r.example.com/v2/team/app/blobs/uploads/7?state=b" },
    { status: 201 },
  );
  expect(await content.hasBlob(PLACE, EMPTY)).toBe(false);
  await content.putBlob(PLACE, { digest: EMPTY, size: 0 }, () => undefined as never);
  expect(asked).toEqual([
    `HEAD https://r.example.com/v2/team/app/blobs/${EMPTY}`,
    "GET https://tokens.example.com/t?service=s&scope=repository%3Ateam%2Fapp%3Apull%2Cpush Basic",
    `HEAD https://r.example.com/v2/team/app/blobs/${EMPTY} Bearer`,
    "POST https://r.example.com/v2/team/app/blobs/uploads/ Bearer",
    "PATCH https://r.example.com/v2/team/app/blobs/uploads/7?state=a Bearer",
    `PUT https://r.example.com/v2/team/app/blobs/uploads/7?state=b&digest=${EMPTY.replace(":", "%3A")} Bearer`,
  ]);
});

it("shows its login to nobody to whom the registry leads", async () => {
  const { asked, content } = talk(
    { status: 202, location: "https://storage.example.com/upload" },
    { status: 202, location: "https://storage.example.com/upload" },
    { status: 201 },
  );
  await content.putBlob(PLACE, { digest: EMPTY, size: 0 }, () => undefined as never);
  expect(asked.filter((line) => line.includes("storage.example.com") && /Basic|Bearer/.test(line))).toEqual([]);
});

it.each<[string, Reply[], (content: RegistryContent) => Promise<unknown>]>([
  [
    "a layer",
    [{ status: 307, location: "http://storage.example.com/x" }],
    (content) => content.blob(PLACE, { digest: EMPTY, size: 0, mediaType: "" }),
  ],
  [
    "an upload",
    [{ status: 202, location: "http://storage.example.com/x" }],
    (content) => content.putBlob(PLACE, { digest: EMPTY, size: 0 }, () => undefined as never),
  ],
])("follows no registry that leads to a place without encryption for %s", async (_, replies, ask) => {
  const { asked, content } = talk(...replies);
  await expect(ask(content)).rejects.toThrow(
    "r.example.com leads to http://storage.example.com, without encryption: nothing is asked there",
  );
  expect(asked.filter((line) => line.includes("http://"))).toEqual([]);
});

it("takes no content under the digest of another", async () => {
  const { content } = talk({ body: Buffer.from("{}") });
  await expect(content.manifest(PLACE, EMPTY)).rejects.toThrow(
    `r.example.com/team/app@${EMPTY}: r.example.com answered other content`,
  );
});

it("says who may not push", async () => {
  const { content } = talk({ status: 403 });
  await expect(
    content.putManifest(PLACE, "1", { digest: EMPTY, mediaType: "a", bytes: Buffer.alloc(0) }),
  ).rejects.toThrow("r.example.com/team/app:1: r.example.com lets this login not push: docker login r.example.com");
});

it("lists no tag by which cosign keeps signatures, for it is no image's", async () => {
  const tags = ["1.0.0", `sha256-${"d".repeat(64)}.sig`];
  const { content } = talk({ body: Buffer.from(JSON.stringify({ tags })) });
  expect(await content.tags(PLACE)).toEqual(["1.0.0"]);
});

it("ends a list of tags that leads nowhere", async () => {
  const link = '</v2/team/app/tags/list?last=b>; rel="next"';
  const page = (tags: string[]): Reply => ({ headers: { link }, body: Buffer.from(JSON.stringify({ tags })) });
  const { content } = talk(page(["a", "b"]), page([]));
  expect(await content.tags(PLACE)).toEqual(["a", "b"]);
});

describe("an image of Docker Hub", () => {
  const HUB = { domain: "docker.io", path: "library/nginx" };

  function hub(mirror: number) {
    const asked: string[] = [];
    const send = async (url: string, { headers = {} }: HttpOptions = {}): Promise<HttpAnswer> => {
      asked.push([url, headers.authorization].filter(Boolean).join(" "));
      const status = url.startsWith("http://127.0.0.1:5055/") ? mirror : 200;
      if (status === 0) throw new Error("does not answer");
      return { status, headers: {}, body: Buffer.from('{"tags":["1.27"]}') };
    };
    const login = { username: "me", password: "secret" };
    const mirrors = async () => ["http://127.0.0.1:5055/"];
    return {
      asked,
      content: new RegistryContent(new RegistrySession(send, { find: () => login }, async () => {}, mirrors)),
    };
  }

  it("is asked of the engine's mirror, without a login", async () => {
    const { asked, content } = hub(200);
    expect(await content.tags(HUB)).toEqual(["1.27"]);
    await content.blob(HUB, { digest: EMPTY, size: 0, mediaType: "" }).catch(() => {});
    expect(asked).toEqual([
      "https://registry-1.docker.io/v2/library/nginx/tags/list?n=1000",
      `http://127.0.0.1:5055/v2/library/nginx/blobs/${EMPTY}`,
    ]);
  });

  it.each([404, 500, 0])("is asked of Docker Hub itself where the mirror answers %d", async (status) => {
    const { asked, content } = hub(status);
    await content.manifest(HUB, "1.27");
    expect(asked).toEqual([
      "http://127.0.0.1:5055/v2/library/nginx/manifests/1.27",
      "https://registry-1.docker.io/v2/library/nginx/manifests/1.27",
    ]);
  });
});
