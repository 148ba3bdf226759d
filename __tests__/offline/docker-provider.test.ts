import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binaryName, buildDockerProvider, CANDIDATES, mirrorVersion } from "../../src/offline/docker-provider.mjs";

const [RELEASE_3, RELEASE_4, LATEST] = CANDIDATES as [
  (typeof CANDIDATES)[0],
  (typeof CANDIDATES)[0],
  (typeof CANDIDATES)[0],
];
const MAIN = "v0.0.0-20260916201441-96d331c98ff4";

it.each([
  [RELEASE_3, RELEASE_3.query, "3.9.0"],
  [RELEASE_4, RELEASE_4.query, "4.5.0"],
  [LATEST, MAIN, "4.5.0+main.20260916201441"],
  [LATEST, RELEASE_4.query, "4.5.0"],
  [LATEST, "v5.0.0-odd/x", "4.5.0+main.v5.0.0-odd-x"],
])("%j resolved to %s is version %s of a mirror", (candidate, resolved, version) => {
  expect(mirrorVersion(candidate, resolved)).toBe(version);
});

it("names the program as Terraform looks for it", () => {
  expect(binaryName("3.9.0")).toBe("terraform-provider-docker_v3.9.0");
  expect(binaryName("4.5.0+main.20260916201441")).toBe("terraform-provider-docker_v4.5.0");
});

describe("a build", () => {
  let cacheDir: string;
  let said: string[];
  let asked: string[];

  beforeEach(() => {
    cacheDir = mkdtempSync(join(tmpdir(), "slipway-provider-"));
    said = [];
    asked = [];
  });

  /** A Go that knows the given versions, and builds a file that says what it was asked to build. */
  function go(known: Readonly<Record<string, string>>, build = 0) {
    return async (program: string, args: readonly string[] = [], { cwd = "" } = {}) => {
      asked.push(args.slice(0, 2).join(" "));
      const answer = { code: 0, stdout: "", stderr: "", timedOut: false };
      if (program !== "go") return { ...answer, code: 127 };
      if (args[0] === "list") {
        const resolved = known[(args[3] ?? "").split("@")[1] ?? ""];
        return resolved
          ? { ...answer, stdout: JSON.stringify({ Version: resolved }) }
          : { ...answer, code: 1, stderr: "403 Forbidden" };
      }
      if (build === 0) writeFileSync(args[args.indexOf("-o") + 1] as string, readFileSync(join(cwd, "go.mod")));
      return { ...answer, code: build, stderr: "no space left" };
    };
  }

  const make = (run: ReturnType<typeof go>) =>
    buildDockerProvider({
      cacheDir,
      run: run as never,
      log: (text: string) => said.push(text),
      platform: "linux_amd64",
    });

  it("takes the version nearest to the bindings that can be had, and says what cannot", async () => {
    const { folder, version } = await make(go({ [RELEASE_4.query]: RELEASE_4.query, latest: MAIN }));
    expect(version).toBe("4.5.0");
    expect(folder).toBe(join(cacheDir, "built-providers/kreuzwerker/docker/4.5.0/linux_amd64"));
    expect(readFileSync(join(folder, "terraform-provider-docker_v4.5.0"), "utf8")).toContain(RELEASE_4.query);
    expect(said[0]).toBe("kreuzwerker/docker 3.9.0 is not to be had from the Go module proxy (403 Forbidden)");
  });

  it("is made once", async () => {
    await make(go({ latest: MAIN }));
    asked = [];
    expect((await make(go({}))).version).toBe("4.5.0+main.20260916201441");
    expect(asked).toEqual([]);
  });

  it("leaves nothing behind when it fails, and says why", async () => {
    await expect(make(go({ latest: MAIN }, 1))).rejects.toThrow(
      /building kreuzwerker\/docker 4\.5\.0\+main.* failed with exit status 1\nno space left/,
    );
    expect(readdirSync(cacheDir)).toEqual(["built-providers"]);
    expect(existsSync(join(cacheDir, "built-providers/kreuzwerker/docker/4.5.0+main.20260916201441"))).toBe(false);
  });

  it("says when nothing can be had", async () => {
    await expect(make(go({}))).rejects.toThrow(
      /3\.9\.0 is not to be had[\s\S]*4\.5\.0 is not to be had[\s\S]*4\.5\.0\+main is not/,
    );
  });

  it("says when there is no Go", async () => {
    const run = async () => ({ code: 127, stdout: "", stderr: "", timedOut: false });
    await expect(make(run as never)).rejects.toThrow("no go in PATH to build kreuzwerker/docker with: install Go 1.21");
  });
});
