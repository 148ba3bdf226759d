/**
 * From here to `source-maps-on.ts` modules are loaded without the source maps that they carry. Why: the providers'
 * bindings carry megabytes of them, and reading them is a seventh of a synth. A stack's own code keeps its maps, so
 * that an error names the line that a person wrote; `node --enable-source-maps` keeps them all.
 */
const wanted = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? "").split(" ")].includes("--enable-source-maps");

export const hadSourceMaps = process.sourceMapsEnabled === true;

if (hadSourceMaps && !wanted) process.setSourceMapsEnabled(false);
