import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
const LONGEST_SKEW_MS = 5 * 60_000;

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** The Signature Version 4 of a request, for the headers that it says it signs. */
export function signatureOf(
  request: SignedRequest,
  signedHeaders: readonly string[],
  scope: { readonly date: string; readonly region: string; readonly service: string },
  secretKey: string,
): string {
  const headers = signedHeaders.map((name) => `${name}:${String(request.headers[name]).trim()}\n`).join("");
  const canonical = [request.method, request.path, "", headers, signedHeaders.join(";"), sha256(request.body)];
  const credential = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], credential, sha256(canonical.join("\n"))].join("\n");
  const key = [scope.region, scope.service, "aws4_request"].reduce<Buffer>(hmac, hmac(`AWS4${secretKey}`, scope.date));
  return hmac(key, text).toString("hex");
}

/** What AWS would refuse about the request's signature, or nothing. */
export function signatureProblem(
  request: SignedRequest,
  expected: {
    readonly region: string;
    readonly service: string;
    readonly accessKeyId: string;
    readonly secretKey: string;
  },
): string | undefined {
  const match = AUTHORIZATION.exec(request.headers.authorization ?? "");
  if (!match) return `MissingAuthenticationToken: ${request.headers.authorization}`;
  const [, accessKeyId, date, region, service, names, signature] = match as unknown as string[];
  if (accessKeyId !== expected.accessKeyId) return "UnrecognizedClientException";
  if (region !== expected.region || service !== expected.service) return `wrong scope ${region}/${service}`;
  const signedHeaders = (names as string).split(";");
  // the query protocol names its action in the body, which is signed too
  const target = expected.service === "monitoring" ? [] : ["x-amz-target"];
  for (const name of ["host", "x-amz-date", "x-amz-security-token", ...target]) {
    if (!signedHeaders.includes(name)) return `header ${name} is not signed`;
  }
  const stamp = String(request.headers["x-amz-date"]);
  const time = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, "$1-$2-$3:$4:$5"));
  if (!(Math.abs(Date.now() - time) < LONGEST_SKEW_MS)) return `signature expired: ${stamp}`;
  const scope = { date: date as string, region: expected.region, service: expected.service };
  const right = signatureOf(request, signedHeaders, scope, expected.secretKey);
  return right === signature ? undefined : "SignatureDoesNotMatch";
}
