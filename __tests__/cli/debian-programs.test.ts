import { programsFolder } from "../../src/cli/debian-programs.mjs";

test.each([
  [
    "a person's own cache",
    { HOME: "/somewhere", XDG_CACHE_HOME: "/somewhere/cache" },
    1000,
    "/somewhere/cache/slipway/programs",
  ],
  ["for root one that others may enter, since Nginx runs as nobody", {}, 0, "/var/cache/slipway/programs"],
  ["where the cache is said to be, for root, too", { SLIPWAY_CACHE_DIR: "/c" }, 0, "/c/programs"],
])("programs are unpacked into %s", (_, env, uid, folder) => {
  expect(programsFolder({ env, uid })).toBe(folder);
});
