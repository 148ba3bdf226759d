import type { Principal } from "../../src/rehearsal/doubles/principals.ts";
import { Principals } from "../../src/rehearsal/doubles/principals.ts";
import { readScope, type SignedRequest, verifySignature } from "../../src/rehearsal/doubles/signature.ts";

const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const AT = "20150830T123600Z";
const NOW = new Date("2015-08-30T12:36:30Z");

/** A request of AWS's published test suite, "aws-sig-v4-test-suite", with the signature that it gives for it. */
function vector(change: Partial<SignedRequest> & { names?: string; signature: string }): SignedRequest {
  const { names = "host;x-amz-date", signature, headers, ...rest } = change;
  const authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`;
  return {
    ...{ method: "GET", url: "/", body: Buffer.alloc(0) },
    ...rest,
    headers: { host: "example.amazonaws.com", "x-amz-date": AT, authorization, ...headers },
  };
}

function verify(request: SignedRequest, principal: Partial<Principal> = {}, now = NOW): Promise<Principal> {
  const known = new Principals();
  known.add({ kind: "deployer", accessKeyId: "AKIDEXAMPLE", secretAccessKey: SECRET, ...principal });
  return verifySignature(request, readScope(request.headers), known, now);
}

const VANILLA = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";

test.each<[string, Parameters<typeof vector>[0]]>([
  ["get-vanilla", { signature: VANILLA }],
  ["post-vanilla", { method: "POST", signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" }],
  [
    "get-vanilla-query-order-key-case",
    {
      url: "/?Param2=value2&Param1=value1",
      signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    },
  ],
  [
    "post-x-www-form-urlencoded",
    {
      method: "POST",
      names: "content-type;host;x-amz-date",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: Buffer.from("Param1=value1"),
      signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    },
  ],
])("AWS's own request %s has the signature that AWS gives it", async (_, change) => {
  await expect(verify(vector(change))).resolves.toMatchObject({ accessKeyId: "AKIDEXAMPLE" });
});

test.each<[string, Partial<Parameters<typeof vector>[0]>, Partial<Principal>, string]>([
  ["another secret", {}, { secretAccessKey: "other" }, "SignatureDoesNotMatch"],
  ["another key", {}, { accessKeyId: "AKIDOTHER" }, "UnrecognizedClientException"],
  ["another body", { body: Buffer.from("{}") }, {}, "SignatureDoesNotMatch"],
  ["another path", { url: "/a" }, {}, "SignatureDoesNotMatch"],
  ["another query", { url: "/?a=b" }, {}, "SignatureDoesNotMatch"],
  ["a token that its key does not have", { headers: { "x-amz-security-token": "t" } }, {}, "UnrecognizedClient"],
  [
    "a token that is not signed",
    { headers: { "x-amz-security-token": "t" } },
    { sessionToken: "t" },
    "x-amz-security-token",
  ],
  ["a target that is not signed", { headers: { "x-amz-target": "AmazonSSM.GetParameter" } }, {}, "x-amz-target"],
  ["a date that is not signed", { names: "host" }, {}, "'x-amz-date' must be a 'SignedHeader'"],
  ["a host that is not signed", { names: "x-amz-date" }, {}, "'host' must be a 'SignedHeader'"],
  [
    "a digest of another body",
    { names: "host;x-amz-content-sha256;x-amz-date", headers: { "x-amz-content-sha256": VANILLA } },
    {},
    "XAmzContentSHA256Mismatch",
  ],
  ["a key that has expired", {}, { expires: new Date("2015-08-30T12:00:00Z") }, "ExpiredTokenException"],
])("a request with %s is refused", async (_, change, principal, expected) => {
  const refusal = await verify(vector({ signature: VANILLA, ...change }), principal).catch((error) => error);
  expect(`${refusal.code}: ${refusal.message}`).toContain(expected);
});

test("a request that is a quarter of an hour old is refused", async () => {
  const late = new Date(NOW.getTime() + 15 * 60_000);
  await expect(verify(vector({ signature: VANILLA }), {}, late)).rejects.toThrow("Signature expired");
});
