// The rules of dependencies, for dependency-cruiser; layers.test.ts runs it with them and sees each of them fail.

const { CORE_OUTSIDE_THE_DOOR, LAYERS } = require("./layers.cjs");

const ENTRY_POINTS = "^src/(index|aws/index|testing/index)[.]ts$";
const PURE = "^src/(values|dockerfile|context|release|nginx|rollout|compose)/";

const any = (/** @type {readonly string[]} */ files) => `^(${files.join("|").replaceAll(".", "[.]")})$`;
const error = (/** @type {string} */ name, /** @type {string} */ comment, /** @type {object} */ rule) => ({
  ...{ name, comment, severity: "error" },
  ...rule,
});

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(LAYERS).map(([layer, below]) =>
      error(`downward-${layer}`, "imports run downward only", {
        from: { path: `^src/${layer}/`, pathNot: ENTRY_POINTS },
        to: { path: "^src/[^/]+/", pathNot: [`^src/(${[layer, ...below].join("|")})/`, ENTRY_POINTS] },
      }),
    ),
    error("known-layer", "a folder of src is a layer with its line in LAYERS", {
      from: { path: "^src/[^/]+/", pathNot: `^src/(${Object.keys(LAYERS).join("|")})/` },
      to: {},
    }),
    error("no-circle", "no file imports itself by a detour", { from: { path: "^src/" }, to: { circular: true } }),
    error("no-entry-point", "nothing in the house imports an entry point", {
      from: { path: "^src/" },
      to: { path: ENTRY_POINTS },
    }),
    error("nothing-outside", "nothing in the house imports from outside it", {
      from: { path: "^src/" },
      to: { dependencyTypes: ["local"], pathNot: "^src/" },
    }),
    error("there", "what is imported is there", { from: {}, to: { couldNotResolve: true, pathNot: "^tsx/" } }),
    error("pure", "what is below the constructs knows nothing of Terraform", {
      from: { path: PURE },
      to: { path: "^node_modules/(cdktf|cdktn|constructs|@cdktf)/" },
    }),
    error("values-do-no-io", "values touch no disk, program or network", {
      from: { path: "^src/values/" },
      to: { path: "^(node:)?(fs|child_process|https?)(/|$)", dependencyTypes: ["core"] },
    }),
    error("one-resource", "providers are imported one resource at a time: a whole one takes seconds", {
      from: { path: "^(src|stacks)/" },
      to: { path: "^node_modules/@cdktf/", pathNot: "^node_modules/@cdktf/provider-(docker|aws)/lib/[a-z0-9-]+/" },
    }),
    error("aws-in-its-layer", "Amazon's provider is imported in its layer alone", {
      from: { path: "^(src|stacks)/", pathNot: "^src/aws/" },
      to: { path: "^node_modules/@cdktf/provider-aws/" },
    }),
    error("core-at-the-door", "CDKTF's core is met in terraform/, and in the files that are named above", {
      from: { path: "^src/", pathNot: ["^src/terraform/", any(CORE_OUTSIDE_THE_DOOR)] },
      to: { path: "^node_modules/(cdktf|cdktn)/" },
    }),
    error("stacks-by-entry-point", "stacks stand on the entry points alone", {
      from: { path: "^stacks/" },
      to: { path: "^src/", pathNot: ENTRY_POINTS },
    }),
  ],
  options: {
    // TypeScript 7 has no parser for other programs; this one sees types that are imported, too.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { extensions: [".ts", ".mjs", ".cjs", ".js"] },
  },
};
