import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  combineMirror,
  configurationText,
  mirrorFolders,
  namesNetworkMirror,
  PLATFORM,
  pathsIn,
  versionsIn,
} from "../../src/offline/provider-mirror.mjs";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-mirror-"));
});

function put(mirror: string, host: string, provider: string, version: string, platform = PLATFORM): string {
  const path = join(folder, mirror, host, ...provider.split("/"), version, platform);
  mkdirSync(path, { recursive: true });
  return path;
}

it("reads the folders that a configuration names", () => {
  const text = `
plugin_cache_dir = "/cache/plugins"
provider_installation {
  filesystem_mirror {
    path    = "/mirror/one"
    include = ["example.com/*/*"]
  }
  network_mirror {
    url = "https://mirror.example.com/"
  }
}`;
  expect(pathsIn(text)).toEqual(["/cache/plugins", "/mirror/one"]);
  expect(namesNetworkMirror(text)).toBe(true);
  expect(namesNetworkMirror('provider_installation { filesystem_mirror { path = "/x" } }')).toBe(false);
});

it("reads the configuration that the variable names, else the home folder's", () => {
  writeFileSync(join(folder, ".terraformrc"), "home");
  writeFileSync(join(folder, "own.tfrc"), "own");
  expect(configurationText({}, folder)).toBe("home");
  expect(configurationText({ TF_CLI_CONFIG_FILE: join(folder, "own.tfrc") }, folder)).toBe("own");
  expect(configurationText({ TF_CLI_CONFIG_FILE: join(folder, "none") }, folder)).toBe("");
});

it("looks where the variable says first, then where the configuration says, then in the usual places", () => {
  for (const mirror of ["variable", "configured", ".terraform.d/plugins", ".local/share/any"]) {
    put(mirror, "registry.terraform.io", "hashicorp/aws", "5.100.0");
  }
  mkdirSync(join(folder, ".local/share/not-a-mirror"));
  writeFileSync(join(folder, ".terraformrc"), `plugin_cache_dir = "${join(folder, "configured")}"`);
  const found = mirrorFolders(
    join(folder, "cache"),
    { SLIPWAY_PROVIDER_MIRROR: join(folder, "variable"), PATH: "" },
    folder,
  );
  expect(found.filter((path) => path.startsWith(folder))).toEqual(
    ["variable", "configured", ".terraform.d/plugins", ".local/share/any"].map((mirror) => join(folder, mirror)),
  );
});

it("does not take its own combined mirror for a source", () => {
  const providers = [
    {
      provider: "hashicorp/aws",
      version: "5.100.0",
      folder: put("m", "registry.terraform.io", "hashicorp/aws", "5.100.0"),
    },
  ];
  const file = combineMirror(folder, providers);
  const found = mirrorFolders(folder, { TF_CLI_CONFIG_FILE: file, PATH: "" }, folder);
  expect(found.filter((path) => path.startsWith(folder))).toEqual([]);
});

it("finds the versions for this machine under either host", () => {
  put("m", "registry.terraform.io", "hashicorp/aws", "5.100.0");
  put("m", "registry.terraform.io", "hashicorp/aws", "5.99.0", "plan9_mips");
  put("m", "registry.opentofu.org", "hashicorp/aws", "5.98.0");
  const versions = versionsIn(join(folder, "m"), "hashicorp/aws").map(({ version }) => version);
  expect(versions).toEqual(["5.100.0", "5.98.0"]);
  expect(versionsIn(join(folder, "m"), "kreuzwerker/docker")).toEqual([]);
});

describe("the combined mirror", () => {
  const links = () =>
    readdirSync(join(folder, "provider-mirror"), { recursive: true, encoding: "utf8" })
      .filter((path) => lstatSync(join(folder, "provider-mirror", path)).isSymbolicLink())
      .sort();

  it("links under both hosts, and names itself in the configuration", () => {
    const target = put("m", "registry.terraform.io", "hashicorp/aws", "5.100.0");
    const file = combineMirror(folder, [{ provider: "hashicorp/aws", version: "5.100.0", folder: target }]);
    expect(links()).toEqual([
      `registry.opentofu.org/hashicorp/aws/5.100.0/${PLATFORM}`,
      `registry.terraform.io/hashicorp/aws/5.100.0/${PLATFORM}`,
    ]);
    expect(readlinkSync(join(folder, "provider-mirror", links()[0] as string))).toBe(target);
    expect(readFileSync(file, "utf8")).toBe(
      `provider_installation {\n  filesystem_mirror {\n    path = "${join(folder, "provider-mirror")}"\n  }\n}\n`,
    );
  });

  it("drops what is no longer there, and can be made again", () => {
    const one = { provider: "a/b", version: "1.0.0", folder: put("m", "registry.terraform.io", "a/b", "1.0.0") };
    const two = { provider: "a/b", version: "2.0.0", folder: put("m", "registry.terraform.io", "a/b", "2.0.0") };
    combineMirror(folder, [one, two]);
    combineMirror(folder, [two]);
    combineMirror(folder, [two]);
    expect(links()).toEqual([
      `registry.opentofu.org/a/b/2.0.0/${PLATFORM}`,
      `registry.terraform.io/a/b/2.0.0/${PLATFORM}`,
    ]);
  });
});
