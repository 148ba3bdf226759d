import { join } from "node:path";

/** The shell file that looks into a secret of the deployer's where Terraform runs. */
export const SECRET_VALUE = join(__dirname, "secret-value.sh");
