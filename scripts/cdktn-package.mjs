// @ts-check
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The second package of one source: `slipway-cdktn`, for cdktn, under which CDKTF's community carries it on. What differs is
 * which core and which AWS bindings are required, so those words of the compiled package are written anew.
 */

const NAME = "slipway-cdktn";
const CORE = "0.24.0";
/** Where a module is named: `from "cdktf"`, `require("cdktf/lib/…")`, `import("cdktf")`. */
const NAMED = /(\bfrom |\brequire\(|\bimport\(|\bresolve\()"(cdktf|@cdktf\/provider-aws)(?=["/])/g;
const CDKTN = { cdktf: "cdktn", "@cdktf/provider-aws": "@cdktn/provider-aws" };

/**
 * Writes the package beside the one that `npm run build` has compiled.
 * @param {string} root of the repository
 * @returns the folder of the package
 */
export function writeCdktnPackage(root) {
  const folder = join(root, "lib-cdktn");
  rmSync(folder, { recursive: true, force: true });
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const file of publishedFiles(root).filter((each) => each !== "package.json" && each !== "README.md")) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    if (/\.(js|ts|mjs|mts|cjs)$/.test(file))
      writeFileSync(join(folder, file), forCdktn(readFileSync(join(root, file), "utf8")));
    else cpSync(join(root, file), join(folder, file));
  }
  cpSync(join(root, "docs/cdktn.md"), join(folder, "README.md"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifestForCdktn(manifest), null, 2)}\n`);
  return folder;
}

/**
 * What npm would publish of the first package.
 * @param {string} root
 * @returns {string[]} relative to it
 */
function publishedFiles(root) {
  const words = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const [{ files }] = JSON.parse(execFileSync("npm", words, { cwd: root, encoding: "utf8" }));
  return files.map((/** @type {{ path: string }} */ { path }) => path);
}

/**
 * A compiled module, with the other core's modules in place of those that it names.
 * @param {string} text
 */
export function forCdktn(text) {
  return text
    .replace(NAMED, (_, before, name) => `${before}"${CDKTN[/** @type {keyof typeof CDKTN} */ (name)]}`)
    .replaceAll(
      "slipway/aws needs the package @cdktf/provider-aws: npm install @cdktf/provider-aws",
      `${NAME}/aws needs the package @cdktn/provider-aws: npm install @cdktn/provider-aws`,
    );
}

/**
 * What differs in package.json. The Docker bindings are published for cdktf alone, and ask for it by that name: under it
 * npm installs cdktn for them.
 * @param {Record<string, any>} manifest
 */
function manifestForCdktn(manifest) {
  const { scripts: _scripts, jest: _jest, slipway: _own, ...rest } = manifest;
  const { "@cdktf/provider-docker": docker } = manifest.peerDependencies;
  return {
    ...rest,
    name: NAME,
    description: `${manifest.description.replace("CDKTF", "cdktn (CDK Terrain)")}`,
    keywords: [...manifest.keywords, "cdktn"],
    devDependencies: Object.fromEntries(
      Object.entries(manifest.devDependencies).filter(([each]) => !/^(@cdktf\/|cdktf|constructs$)/.test(each)),
    ),
    dependencies: { ...manifest.dependencies, "@cdktf/provider-docker": docker, cdktf: `npm:cdktn@^${CORE}` },
    peerDependencies: { "@cdktn/provider-aws": "^25.7.0", cdktn: `^${CORE}`, constructs: ">=10.6.0 <10.8.0" },
    peerDependenciesMeta: { "@cdktn/provider-aws": { optional: true } },
  };
}
