import { join } from "node:path";
import type { HostScripts } from "../../rollout/packed-script.ts";

/** The shell files that move a Docker engine to a release. */
export const LOCAL_SCRIPTS: HostScripts = {
  driver: join(__dirname, "driver.sh"),
  parts: ["nginx.sh", "tls.sh", "tasks.sh", "secret-value.sh", "passwords.sh"].map((name) => join(__dirname, name)),
  entry: join(__dirname, "release.sh"),
};
