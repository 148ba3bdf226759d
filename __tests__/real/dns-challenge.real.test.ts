import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { run } from "../../src/cli/command.mjs";
import { freePort } from "../../src/rehearsal/free-port.ts";
import { hostFiles, NANO_PARTS, PARTS } from "../aws/nano/agent/agent-parts.ts";
import { AwsDouble } from "../aws/nano/agent/aws-double.ts";
import { TxtRecord } from "../aws/nano/agent/txt-record.ts";
import { AcmeServer, debianProgram } from "./acme-server.ts";

jest.setTimeout(120_000);

const NAME = "shop.example.com";
const RECORD = `_acme-challenge.${NAME}.`;

const root = mkdtempSync(join(tmpdir(), "slipway-dns-challenge-"));
const { write } = hostFiles(() => root);
const server = new AcmeServer("127.0.0.1", true);
const aws = new AwsDouble();
const record = new TxtRecord(RECORD);

afterAll(async () => {
  await Promise.all([server.stop(), aws.stop(), record.stop()]);
  server.remove();
  rmSync(root, { recursive: true });
});

/** As a host asks for the certificate of its name. */
const PROGRAM = `STATE=${root}/state RUN=${root}/run PARTS=${NANO_PARTS} manifest=${root}/manifest.json
say() { echo "$*"; }
one_line() { printf '%s' "$1" | tr '\\n' ' '; }
keep() { cat >"$1"; }
. "${PARTS}/tls.sh"
mkdir -p "$RUN"
make_tls_folders
obtain_certificate ${NAME} || { echo "refused: $problem"; exit 1; }`;

test("Let's Encrypt's own server for tests gives a certificate to a host that shows its name by records alone", async () => {
  const dehydrated = await debianProgram("dehydrated");
  // nobody answers there: by HTTP there would be no certificate
  await server.start(await freePort());
  record.changed = (values) => server.setTexts(RECORD, values);
  record.values = ["of-another-host"];
  const { metadata } = await aws.start();
  const acme = {
    email: "ops@example.com",
    directory: server.directory,
    zone: "Z1",
    ca: readFileSync(server.caFile, "utf8"),
  };
  write("manifest.json", JSON.stringify({ tls: [{ name: NAME, file: NAME, acme }] }));
  const env = {
    ...process.env,
    PATH: [dirname(dehydrated), process.env.PATH].join(delimiter),
    SLIPWAY_METADATA: metadata,
    SLIPWAY_ROUTE53: await record.start(),
    SLIPWAY_PAUSE: "0",
  };
  const { code, stdout, stderr } = await run("sh", ["-u", "-c", PROGRAM], { env });
  expect({ code, said: stdout + stderr }).toEqual({ code: 0, said: expect.stringContaining("has a new certificate") });
  const certificate = new X509Certificate(readFileSync(join(root, `state/tls/${NAME}.pem`)));
  expect(certificate.checkHost(NAME)).toBe(NAME);
  expect(record.asked.filter((asked) => asked.startsWith("POST"))).toHaveLength(2);
  expect(record.values).toEqual(["of-another-host"]);
});
