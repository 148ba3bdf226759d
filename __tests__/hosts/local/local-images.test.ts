import { FakeEngine, type FakeImage, type ReleaseOptions, type ReleaseRun } from "./fake-release-engine.ts";

const REPOSITORY = "localhost:5001/shop/web";
const CONTENT = (version: number) => `${version}`.repeat(64);

/** What the stack's build and push of one version leave on the engine. */
const built = (version: number): FakeImage & { digests: readonly string[] } => ({
  stack: "stack",
  content: CONTENT(version),
  tags: [`${REPOSITORY}:sha-${CONTENT(version)}`, `${REPOSITORY}:1.${version}.0`],
  digests: [`${REPOSITORY}@sha256:d${version}`],
});

const done = new Map<number, Versions>();

/** A host whose service web has a new image with each version, on an engine where Terraform does its part. */
class Versions {
  private live?: number;

  constructor(
    private readonly options: ReleaseOptions = {},
    readonly engine = new FakeEngine(),
  ) {}

  /** A host on which as many versions were applied, none of which removed an image: made once, for that takes long. */
  static after(versions: number, options: ReleaseOptions = {}): Versions {
    const made = done.get(versions) ?? new Versions();
    for (let version = 1; version <= versions && !done.has(versions); version++)
      expect(made.apply(version).calls.join("\n")).not.toContain("image rm");
    done.set(versions, made);
    const host = new Versions(options, made.engine.copy());
    host.live = versions;
    return host;
  }

  /** Another one in place of the image of the first version, which no release has looked at yet. */
  insteadOfFirst(image: FakeImage): this {
    this.engine.forget("images/sha256:1");
    this.engine.image("sha256:1", image);
    return this;
  }

  /** Builds it and makes its container, as what the image is by default. */
  make(version: number, image: FakeImage = built(version)): void {
    if (!this.engine.has(`images/sha256:${version}`)) this.engine.image(`sha256:${version}`, image);
    this.engine.container(`c${version}`, { of: "stack/host/web/Container", image: `sha256:${version}` });
  }

  /** An apply: makes the version, releases it, and removes what it replaced, unless the release fails. */
  apply(version: number, image?: FakeImage): ReleaseRun {
    this.make(version, image);
    const run = this.engine.release(`r${version}`, { web: `c${version}` }, this.options);
    if (run.status !== 0) return run;
    if (this.live !== undefined && this.live !== version) this.engine.removeContainer(`c${this.live}`);
    this.live = version;
    return run;
  }

  /** Those that are there, by their version. */
  get left(): number[] {
    return Object.keys(this.engine.images).map((id) => Number(id.replace("sha256:", "")));
  }
}

describe("images of older releases on a Docker engine", () => {
  test.each([["a graph driver"], ["containerd's store"]])(
    "of %s: those of the last three releases stay whole, an older one goes by all its names",
    (store) => {
      const host = Versions.after(3);
      if (store !== "a graph driver") host.engine.write("containerd", "");
      const run = host.apply(4);
      expect(run.status).toBe(0);
      const names = [...built(1).tags, ...built(1).digests];
      expect(run.calls.filter((call) => call.startsWith("image"))).toEqual(names.map((name) => `image rm ${name}`));
      expect(run.output).toContain(
        `stack/host: removed the image ${names[0]}, which none of the last 3 releases had\nstack/host: serves release r4\n`,
      );
      expect(host.engine.images).toEqual(
        Object.fromEntries([2, 3, 4].map((of) => [`sha256:${of}`, [...built(of).tags, ...built(of).digests]])),
      );
      const again = host.apply(4);
      expect(again).toMatchObject({ status: 0, output: "stack/host: serves release r4\n", calls: [] });
      expect(host.engine.read("etc/slipway/notes/images")).toBe("r2 sha256:2\nr3 sha256:3\nr4 sha256:4\n");
    },
  );

  test("a release that came back is the newest again, and as many are kept as are declared", () => {
    const host = new Versions({ environment: { SLIPWAY_KEEP: "2" } });
    for (const version of [1, 2, 1]) host.apply(version);
    expect(host.left).toEqual([1, 2]);
    host.apply(3);
    expect(host.left).toEqual([1, 3]);
  });

  test("what a service that did not change runs stays, however many releases there are", () => {
    const engine = new FakeEngine();
    engine.image("sha256:1", built(1));
    engine.container("c1", { of: "stack/host/web/Container", image: "sha256:1" });
    for (const release of ["r1", "r2", "r3", "r4", "r5"]) engine.release(release, { web: "c1" });
    expect(Object.keys(engine.images)).toEqual(["sha256:1"]);
    expect(engine.read("etc/slipway/notes/images")).toBe("r3 sha256:1\nr4 sha256:1\nr5 sha256:1\n");
  });

  test.each(["running", "exited"])("an image whose container is %s stays whole until that has gone", (status) => {
    const host = Versions.after(1, { environment: { SLIPWAY_KEEP: "1" } });
    host.engine.container("another-host", { status, of: "other/host/web/Container", image: "sha256:1" });
    host.apply(2);
    const run = host.apply(3);
    expect(run.calls.join("\n")).not.toContain("image rm"); // 2 has the container that 3 replaces
    expect(host.apply(3).output).toContain(`removed the image ${built(2).tags[0]}`);
    expect(host.engine.images["sha256:1"]).toEqual([...built(1).tags, ...built(1).digests]);
    host.engine.removeContainer("another-host");
    host.apply(3);
    expect(host.left).toEqual([3]);
  });

  test("what a release that failed leaves goes with the next one that succeeds, its own container gone or not", () => {
    const host = Versions.after(1, { environment: { SLIPWAY_KEEP: "1" } });
    host.engine.answers("c2", "ends 1");
    expect(host.apply(2).status).toBe(1);
    expect(host.engine.has("containers/c2")).toBe(false);
    host.make(3); // an apply that was killed before its release, and of which Terraform still has the container
    expect(host.left).toEqual([1, 2, 3]);
    expect(host.apply(4).output).toContain(`removed the image ${built(2).tags[0]}`);
    host.engine.removeContainer("c3");
    host.apply(4);
    expect(host.left).toEqual([4]);
  });

  test.each<[string, FakeImage]>([
    ["another stack built", { ...built(1), stack: "other" }],
    ["somebody else built", { ...built(1), stack: undefined, content: undefined }],
    ["somebody else built, who also labels a stack", { ...built(1), content: undefined }],
  ])("an image that %s is left alone", (_, image) => {
    const host = Versions.after(2, { environment: { SLIPWAY_KEEP: "1" } }).insteadOfFirst(image);
    expect(host.apply(3).calls.join("\n")).not.toContain("sha256:d1");
    expect(host.engine.images["sha256:1"]).toEqual([...built(1).tags, ...built(1).digests]);
    expect(host.engine.read("etc/slipway/notes/images")).toBe("- sha256:2\nr3 sha256:3\n");
  });

  test.each<[string, FakeImage, string[]]>([
    ["pulled by digest alone: by that", { ...built(1), tags: [] }, built(1).digests as string[]],
    [
      "with a name of somebody's own: by all others",
      { ...built(1), tags: [...built(1).tags, "backup:1"], digests: [...built(1).digests, "backup@sha256:d1"] },
      [...built(1).tags, ...built(1).digests],
    ],
    ["without any name: by its id", { ...built(1), tags: [], digests: [] }, ["sha256:1"]],
  ])("an image %s", (_, image, names) => {
    const host = Versions.after(2, { environment: { SLIPWAY_KEEP: "1" } }).insteadOfFirst(image);
    host.engine.write("containerd", "");
    const removed = host.apply(3).calls.filter((call) => call.includes("image rm") && !call.includes("sha256:2"));
    expect(removed).toEqual(names.map((name) => `image rm ${name}`));
  });

  test("one that the engine does not remove is said, fails nothing, and is tried again", () => {
    const host = Versions.after(2, { environment: { SLIPWAY_KEEP: "1" } });
    host.engine.write("image-stays", "Error response from daemon: conflict: it is referenced elsewhere\n");
    const run = host.apply(2);
    expect(run.status).toBe(0);
    expect(run.output).toBe(
      `stack/host: the image ${built(1).tags[0]} stays: Error response from daemon: conflict: it is referenced elsewhere\nstack/host: serves release r2\n`,
    );
    host.engine.forget("image-stays");
    host.apply(2);
    expect(host.left).toEqual([2]);
  });

  test("one that is gone already is forgotten; where the engine does not say what is used, nothing is removed", () => {
    const host = Versions.after(2, { environment: { SLIPWAY_KEEP: "1" } });
    host.engine.write("no-ps", "");
    expect(host.apply(2)).toMatchObject({ status: 0, output: "stack/host: serves release r2\n", calls: [] });
    expect(host.left).toEqual([1, 2]);
    host.engine.forget("no-ps");
    host.engine.forget("images/sha256:1");
    expect(host.apply(2)).toMatchObject({ status: 0, output: "stack/host: serves release r2\n", calls: [] });
    expect(host.engine.read("etc/slipway/notes/images")).toBe("r2 sha256:2\n");
  });
});
