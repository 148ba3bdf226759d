import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AwsAccount } from "./doubles/aws-account.ts";

const ROOT_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** The environment of the deployer: this process's, but for where AWS is, whose keys, which certificates and logins count. */
export function deployerEnvironment(
  runDir: string,
  aws: AwsAccount,
  registryHost: string,
  region: string,
  authorityFile: string,
): NodeJS.ProcessEnv {
  const programs = join(runDir, "bin");
  const docker = join(runDir, "docker");
  mkdirSync(programs);
  mkdirSync(docker);
  const helper = join(programs, "docker-credential-slipway-rehearsal");
  writeFileSync(helper, credentialHelper(region));
  chmodSync(helper, 0o755);
  writeFileSync(
    join(docker, "config.json"),
    JSON.stringify({ credHelpers: { [registryHost]: "slipway-rehearsal" } }, null, 2),
  );
  const certificates = join(runDir, "certificates.pem");
  writeFileSync(certificates, `${readFileSync(ROOT_CERTIFICATES, "utf8")}\n${readFileSync(authorityFile, "utf8")}`);
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  return {
    ...Object.fromEntries(inherited),
    ...aws.deployerEnvironment,
    DOCKER_CONFIG: docker,
    SSL_CERT_FILE: certificates,
    // The machine's own AWS CLI comes first, the one beside moto last.
    PATH: [programs, process.env.PATH, aws.programs].join(":"),
  };
}

/** What Amazon's credential helper does, by way of the AWS CLI: a login when it is asked for one, kept nowhere. */
function credentialHelper(region: string): string {
  return `#!/bin/sh
set -eu
[ "$1" = get ] || exit 0
server=$(cat)
password=$(aws ecr get-login-password --region ${region})
printf '{"ServerURL":"%s","Username":"AWS","Secret":"%s"}\\n' "$server" "$password"
`;
}
