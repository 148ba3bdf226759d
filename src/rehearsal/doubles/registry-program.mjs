/** Where the program of Debian's `docker-registry` is. node registry-program.mjs prints its path */
import { registryProgram } from "../../offline/images/registry-program.mjs";

console.log(await registryProgram());
