import { join } from "node:path";
import { DOCKER_LOGIN, SIGNATURE_SCRIPTS } from "../../docker/signing-scripts.ts";
import type { HostScripts } from "../../rollout/packed-script.ts";
import { SECRET_VALUE } from "../secret-value.ts";

/** The shell files that move a Docker engine to a release. */
export const LOCAL_SCRIPTS: HostScripts = {
  driver: join(__dirname, "driver.sh"),
  parts: [
    ...["nginx.sh", "images.sh", "tls.sh", "tasks.sh"].map((name) => join(__dirname, name)),
    ...SIGNATURE_SCRIPTS,
    DOCKER_LOGIN,
    join(__dirname, "signatures.sh"),
    SECRET_VALUE,
    ...["passwords.sh", "maintenance.sh"].map((name) => join(__dirname, name)),
  ],
  entry: join(__dirname, "release.sh"),
};

/** The shell files by which a person asks a host on a Docker engine. */
export const LOCAL_OPERATION: HostScripts = { ...LOCAL_SCRIPTS, entry: join(__dirname, "operate.sh") };
