import { signatureOf, signatureProblem } from "./aws-signature.ts";

// the example of AWS's documentation, "Signature Version 4 signing process": IAM ListUsers
test("the signature is the one of AWS's own worked example", () => {
  const request = {
    method: "GET",
    path: "/",
    headers: {
      host: "example.amazonaws.com",
      "x-amz-date": "20150830T123600Z",
    },
    body: "",
  };
  const scope = { date: "20150830", region: "us-east-1", service: "service" };
  expect(signatureOf(request, ["host", "x-amz-date"], scope, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")).toBe(
    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  );
});

describe("what is refused", () => {
  const expected = { region: "eu-west-1", service: "ssm", accessKeyId: "KEYID", secretKey: "secret" };
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const names = ["host", "x-amz-date", "x-amz-security-token", "x-amz-target"];

  function signed(change: { secretKey?: string; names?: string[]; body?: string; date?: string; region?: string }) {
    const date = change.date ?? now;
    const region = change.region ?? "eu-west-1";
    const headers: Record<string, string> = {
      host: "ssm",
      "x-amz-date": date,
      "x-amz-security-token": "token",
      "x-amz-target": "AmazonSSM.GetParameter",
    };
    const request = { method: "POST", path: "/", headers, body: "{}" };
    const list = change.names ?? names;
    const scope = { date: date.slice(0, 8), region, service: "ssm" };
    const signature = signatureOf(request, list, scope, change.secretKey ?? "secret");
    headers.authorization = `AWS4-HMAC-SHA256 Credential=KEYID/${date.slice(0, 8)}/${region}/ssm/aws4_request, SignedHeaders=${list.join(";")}, Signature=${signature}`;
    return signatureProblem({ ...request, body: change.body ?? "{}" }, expected);
  }

  test.each([
    ["nothing about a right one", {}, undefined],
    ["another secret", { secretKey: "other" }, "SignatureDoesNotMatch"],
    ["another body", { body: '{"Name":"x"}' }, "SignatureDoesNotMatch"],
    [
      "a session token that is not signed",
      { names: ["host", "x-amz-date", "x-amz-target"] },
      "header x-amz-security-token is not signed",
    ],
    ["an old one", { date: "20200101T000000Z" }, "signature expired: 20200101T000000Z"],
    ["another region", { region: "us-east-1" }, "wrong scope us-east-1/ssm"],
  ])("%s", (_, change, problem) => {
    expect(signed(change)).toBe(problem);
  });
});
