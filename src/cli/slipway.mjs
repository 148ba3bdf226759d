#!/usr/bin/env node
// @ts-check
// Node's built-ins only, here and in every .mjs beside: this runs in a fresh clone, before anything is installed.
import { nodeProblem } from "./node-version.mjs";

const problem = nodeProblem(process.versions.node);
if (problem) {
  console.error(problem);
  process.exitCode = 3;
} else {
  const { main } = await import("./program.mjs");
  process.exitCode = await main(process.argv.slice(2));
}
