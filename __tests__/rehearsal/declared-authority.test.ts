import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Backend } from "../../src/hosts/backend.ts";
import { withAuthority } from "../../src/rehearsal/declared-authority.ts";
import { Tls } from "../../src/release/tls.ts";
import { nano } from "../aws/nano/nano-host-stack.ts";
import { selfSigned } from "../self-signed.ts";

const [declared = "", another = "", own = ""] = ["ca.example.net", "other.example.net", "rehearsal"].map(
  (name) => selfSigned([name]).certificate,
);
const lines = (pem: string) => pem.trim().split("\n");

test.each([
  ["as it is", "\n"],
  ["in a string of JSON", "\\n"],
  ["in a string of Terraform in one of JSON", "\\\\n"],
  ["with the line ends of Windows, in JSON", "\\r\\n"],
])("an authority is replaced %s, and nothing beside it", (_, end) => {
  const text = (pem: string) => `{"ca": "${lines(pem).join(end)}${end}", "other": "${lines(another).join(end)}"}`;
  expect(withAuthority(text(declared), [`a comment\n${declared}`], own)).toBe(text(own));
});

test("a file of several has each replaced, and a text without them stays", () => {
  expect(withAuthority(`${declared}${another}`, [`${declared}${another}`], own)).toBe(`${own}${own}`);
  expect(withAuthority("nothing of it", [declared], own)).toBe("nothing of it");
});

test("what a host is told of its ACME server holds the rehearsal's in place of the declared one", () => {
  const caFile = join(mkdtempSync(join(tmpdir(), "slipway-authority-")), "ca.pem");
  writeFileSync(caFile, declared);
  const tls = Tls.acme({
    email: "ops@example.com",
    agreeToTerms: true,
    directory: "https://ca.example.net/dir",
    caFile,
  });
  const { json: text } = nano((host) => host.serve("shop.example.net", { "/": Backend.fromAddress("10.0.0.5:80") }), {
    tls,
  });
  // of the key: what comes before is the same in both
  const body = (pem: string) => lines(pem)[4] as string;
  expect(text).toContain(body(declared));
  const played = withAuthority(text, [declared], own);
  expect(played).not.toContain(body(declared));
  expect(played.split(body(own)).length).toBe(text.split(body(declared)).length);
  expect(Object.keys(JSON.parse(played))).toEqual(Object.keys(JSON.parse(text)));
});
