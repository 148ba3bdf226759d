/**
 * The root file system of the stand-in's Debian, from the module that makes the stand-ins for base images.
 *
 * node debian-root.mjs id SUITE            prints what it follows from, hashed
 * node debian-root.mjs write SUITE FILE    writes it as a tar archive
 */
import { createHash } from "node:crypto";
import { DebianRoot } from "../../offline/images/debian-root.mjs";
import { runCommand } from "../../offline/images/run-command.mjs";

const [verb, suite, file] = process.argv.slice(2);
const root = new DebianRoot(process.env, suite);
if (verb === "id" && suite) {
  const hash = createHash("sha256");
  for (const input of root.inputs) hash.update(createHash("sha256").update(input).digest());
  console.log(hash.digest("hex").slice(0, 12));
} else if (verb === "write" && file) await root.write(file, runCommand);
else throw new Error(`usage: debian-root.mjs id SUITE | write SUITE FILE, got ${process.argv.slice(2).join(" ")}`);
