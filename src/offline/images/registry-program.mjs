import { join } from "node:path";
import { which } from "../../cli/command.mjs";
import { DebianPrograms } from "../../cli/debian-programs.mjs";

const NAME = "docker-registry";

/**
 * Debian's registry: the installed one, or the program of the package that is unpacked, so that no service starts.
 * @param {(text: string) => void} [log]
 */
export async function registryProgram(log = () => {}) {
  return which(NAME) ?? join(await new DebianPrograms({ [NAME]: NAME }, { log }).unpack(), NAME);
}
