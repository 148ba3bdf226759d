import { join } from "node:path";

/** What asks a registry for signatures, in the order in which they are read. */
export const SIGNATURE_SCRIPTS = ["registry-request.sh", "signature.sh"].map((name) =>
  join(__dirname, "signing", name),
) as [string, string];

/** What finds the login of the deployer's docker. */
export const DOCKER_LOGIN = join(__dirname, "docker-login.sh");

/** What says which images are signed by a key. */
export const VERIFY_IMAGES = join(__dirname, "verify-images.sh");
