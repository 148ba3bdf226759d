import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { COMMANDS, COMMANDS_INSIDE, FakeEngine, found } from "./fake-release-engine.ts";

const SOURCE = resolve(__dirname, "../../../src");

let first: FakeEngine | undefined;

/** An engine that serves `app` by the container `old`, and has the container `new` for the next release. */
function served(): FakeEngine {
  if (!first) {
    const engine = new FakeEngine();
    engine.container("old");
    expect(engine.release("r1", { app: "old" }).status).toBe(0);
    engine.container("new", { address: "10.0.0.10" });
    first = engine;
  }
  return first.copy();
}

describe("a release on a Docker engine", () => {
  test("the first one: proven, introduced to its neighbours, served, and only then started again when it ends", () => {
    const engine = new FakeEngine();
    engine.container("c1");
    engine.answers("c1", "1 nothing listens on port 5000", "0");
    const run = engine.release("r1", { app: "c1" }, { patience: 60 });
    expect(run).toMatchObject({ status: 0 });
    expect(run.output).toBe(
      "stack/host: app: waiting until it is healthy, 60 s at most\nstack/host: app: healthy\nstack/host: serves release r1\n",
    );
    expect(run.calls).toEqual([
      "update --restart no c1",
      "reload",
      "ask c1:5000 3 / 2xx -",
      "ask c1:5000 3 / 2xx -",
      "update --restart unless-stopped c1",
      "reload",
    ]);
    expect(engine.generation(1)).toEqual({
      "sites.conf": "# bare\n",
      "service-app.conf": "# listener of app\n",
      "upstream-app.conf": 'map "" $slipway_app {\n    default "c1:5000";\n}\n',
      "release.conf": 'map "" $configuration_id {\n    default "introduced.1";\n}\n',
      serving: "app c1 spec-c1\n",
    });
    expect(engine.generation(2)).toEqual({
      "sites.conf": "# sites of r1\n",
      "upstream-app.conf": 'map "" $slipway_app {\n    default "c1:5000";\n}\n',
      "release.conf": 'map "" $configuration_id {\n    default "r1.1";\n}\n',
      serving: "app c1 spec-c1\n",
    });
    expect(engine.has("etc/slipway/introduced.1")).toBe(false);
    expect(engine.read("tested")).toBe(
      ["etc/slipway/r1.1/*.conf", "tmp/keepalive/*.conf"]
        .map((files) => `include ${engine.folder}/${files};\n`)
        .join(""),
    );
  });

  test("containers get the pids limit that the provider has no word for, those that serve too, and only once", () => {
    const engine = served();
    const first = engine.release("r1", { app: "old" }, { pids: 64 });
    expect(first).toMatchObject({ status: 0, calls: ["update --pids-limit 64 old"] });
    expect(engine.field("old", "pids")).toBe("64");
    expect(engine.release("r1", { app: "old" }, { pids: 64 })).toMatchObject({ status: 0, calls: [] });
    const moved = engine.release("r2", { app: "new" }, { pids: 64 });
    expect(moved.calls.slice(0, 2)).toEqual(["update --pids-limit 64 new", "update --restart no new"]);
  });

  test("again: nothing is asked of anything", () => {
    const engine = served();
    const run = engine.release("r1", { app: "old" });
    expect(run).toMatchObject({ status: 0, output: "stack/host: serves release r1\n", calls: [] });
  });

  test("a new container of what serves gets no request before it is healthy, and Terraform removes the old one", () => {
    const engine = served();
    const run = engine.release("r2", { app: "new" });
    expect(run.status).toBe(0);
    expect(engine.serving).toEqual(["app new spec-new"]);
    expect(run.calls.filter((call) => call === "reload")).toHaveLength(1);
    expect(run.calls.filter((call) => /^(stop|rm)/.test(call))).toEqual([]);
    expect(engine.field("old", "status")).toBe("running");
    expect(engine.field("new", "policy")).toBe("unless-stopped");
  });

  test.each([
    ["ends", "ends 3", "its container ended with status 3"],
    ["ends well", "ends 0", "its container ended with status 0"],
    ["needs too much memory", "oom", "its container needed more than its memory limit and was killed"],
    ["never answers", "1 no answer on port 5000 within 3 s", "no answer on port 5000 within 3 s"],
    ["cannot be asked", "2 neither curl nor wget is here to ask with", "neither curl nor wget is here to ask with"],
  ])("one that %s fails with its own words, is removed, and the old one serves on", (_, answer, why) => {
    const engine = served();
    engine.answers("new", answer);
    const run = engine.release("r2", { app: "new" });
    expect(run.status).toBe(1);
    expect(run.output.replace(/after \d+ s/, "after 0 s")).toBe(
      [
        "app: waiting until it is healthy, 0 s at most",
        "app: last lines of its log:",
        "    words of new",
        "what served before serves on",
        `release failed after 0 s: app is not healthy: ${why}`,
      ]
        .map((line) => `stack/host: ${line}\n`)
        .join(""),
    );
    expect(run.calls).toContain("rm --force --volumes new");
    expect(engine.has("containers/new")).toBe(false);
    expect(engine.serving).toEqual(["app old spec-old"]);
    expect(engine.answered.trim()).toBe("r1.1");
    expect(engine.reloads).toBe(2);
  });

  test("one that is gone fails, and so does its removal, which is said", () => {
    const engine = served();
    engine.answers("new", "gone");
    const { status, output } = engine.release("r2", { app: "new" });
    expect(status).toBe(1);
    expect(output).toContain("app is not healthy: its container is gone");
    expect(output).toContain("app: Error: No such container: new");
  });

  test("where nothing served, nothing is said to serve on, and Nginx is back to where it began", () => {
    const engine = new FakeEngine();
    engine.container("c1");
    engine.answers("c1", "ends 1");
    const { status, output } = engine.release("r1", { app: "c1" });
    expect(status).toBe(1);
    expect(output).not.toContain("serves on");
    expect(engine.has("etc/slipway/live")).toBe(false);
    expect(engine.answered).toBe("");
  });

  test.each([
    ["has ended before", { status: "exited", code: 1 }],
    ["was started again and again", { restarts: 4 }],
    ["waits to be started again", { status: "restarting", restarts: 4 }],
  ])("one that %s gets a start of its own, and its log is read from there", (_, container) => {
    const engine = served();
    engine.container("new", container);
    engine.answers("new", "ends 7");
    const { output, calls } = engine.release("r2", { app: "new" });
    expect(calls.slice(0, 3)).toEqual(["update --restart no new", "stop -t 0 new", "start new"]);
    expect(calls).toContain("logs --since 2026-01-02T03:04:05Z --tail 20 new");
    expect(output).toContain("its container ended with status 7");
  });

  test("one that cannot be started fails with the engine's words", () => {
    const engine = served();
    engine.container("new", { status: "exited" });
    engine.write("no-start", "");
    expect(engine.release("r2", { app: "new" })).toMatchObject({
      status: 1,
      output: expect.stringMatching("release failed after \\d+ s: app: OCI runtime create failed"),
    });
  });

  test("two new ones reach each other before either is healthy", () => {
    const engine = new FakeEngine();
    for (const name of ["c1", "c2"]) engine.container(name);
    engine.answers("c1", "1 not yet", "0");
    expect(engine.release("r1", { a: "c1", b: "c2" }, { patience: 60 }).status).toBe(0);
    expect(Object.keys(engine.generation(1))).toEqual(
      expect.arrayContaining(["service-a.conf", "service-b.conf", "upstream-a.conf", "upstream-b.conf"]),
    );
  });

  test("a new one takes over at once from one that is broken; what serves beside it keeps its files", () => {
    const engine = new FakeEngine();
    for (const name of ["a1", "b1"]) engine.container(name);
    engine.release("r1", { a: "a1", b: "b1" });
    engine.answers("a1", "1 was answered 500, not 2xx");
    engine.answers("b1", "1 was answered 503, not 2xx");
    engine.container("a2");
    const run = engine.release("r2", { a: "a2", b: "b1" });
    expect(run.status).toBe(0);
    expect(run.output).toContain("b: is not healthy, and this release did not change it: was answered 503, not 2xx");
    expect(engine.generation(3)).toMatchObject({
      "sites.conf": "# sites of r1\n",
      "upstream-a.conf": expect.stringContaining('"a2:5000"'),
      "upstream-b.conf": expect.stringContaining('"b1:5000"'),
      serving: "b b1 spec-b1\na a2 spec-a2\n",
    });
    expect(engine.generation(3)).not.toHaveProperty("service-a.conf");
  });

  test("a configuration that Nginx refuses moves nothing", () => {
    const engine = served();
    engine.write("refuses", "");
    const run = engine.release("r2", { app: "new" });
    expect(run.status).toBe(1);
    expect(run.output).toContain("Nginx refuses the configuration, see above");
    expect(run.output).toContain("what served before serves on");
    expect(run.calls).not.toContain("reload");
    expect(engine.serving).toEqual(["app old spec-old"]);
    expect(engine.has("etc/slipway/r2.1")).toBe(false);
  });

  test.each([
    [5, "5s"],
    [10, "10s"],
    [600, "10s"],
  ])("a drain of %d s: workers of before the reload keep idle connections for %s", (drain, time) => {
    const engine = served();
    expect(engine.release("r2", { app: "new" }, { drain }).status).toBe(0);
    expect(engine.read("etc/keepalive/keepalive.conf")).toBe(`keepalive_min_timeout ${time};\n`);
  });

  test("an Nginx that does not know how to keep idle connections does without, and nobody reads of it", () => {
    const engine = new FakeEngine();
    engine.write("older", "");
    engine.container("c1");
    const run = engine.release("r1", { app: "c1" });
    expect(run).toMatchObject({ status: 0, output: expect.not.stringContaining("keepalive") });
    expect(engine.reloads).toBe(2);
    expect(engine.has("etc/keepalive/keepalive.conf")).toBe(false);
  });

  test.each([
    ["another directive", 'unknown directive "more_headers" in /etc/nginx/slipway/r2.1/sites.conf:3'],
    ["the same in another file", 'unknown directive "keepalive_min_timeout" in /etc/nginx/slipway/r2.1/sites.conf:3'],
    ["another fault of the file", '"keepalive_min_timeout" directive is duplicate in /etc/nginx/keepalive.conf:1'],
  ])("what it says of %s is no reason to do without", (_, words) => {
    const engine = served();
    engine.write("refuses", `nginx: [emerg] ${words}\n`);
    const run = engine.release("r2", { app: "new" });
    expect(run.status).toBe(1);
    expect(run.output.split("\n")).toContain(`nginx: [emerg] ${words}`);
    engine.write("older", "");
    engine.container("new");
    expect(engine.release("r2", { app: "new" }).output).toContain(words);
  });

  test("an Nginx that does not take the reload: the link goes back", () => {
    const engine = served();
    engine.write("deaf", "");
    const { status, output } = engine.release("r2", { app: "new" });
    expect(status).toBe(1);
    expect(output).toContain("Nginx was told to reload and still serves the old configuration: docker logs nginx");
    expect(engine.serving).toEqual(["app old spec-old"]);
  });

  test("a run that was killed between the link and the reload is finished", () => {
    const engine = served();
    engine.write("answered", "r0.1");
    const run = engine.release("r1", { app: "old" });
    expect(run).toMatchObject({ status: 0, calls: ["reload"], output: "stack/host: serves release r1\n" });
    expect(engine.answered.trim()).toBe("r1.1");
  });

  test("a container that was stopped is started again under its own generation; when another fails it stays", () => {
    const engine = new FakeEngine();
    for (const name of ["a1", "b1"]) engine.container(name);
    engine.release("r1", { a: "a1", b: "b1" });
    engine.container("a1", { status: "exited" });
    engine.container("b2");
    engine.answers("b2", "ends 1");
    expect(engine.release("r2", { a: "a1", b: "b2" }).status).toBe(1);
    expect(engine.field("a1", "status")).toBe("running");
    expect(engine.field("a1", "policy")).toBe("unless-stopped");
    expect(engine.release("r1", { a: "a1", b: "b1" }).status).toBe(0);
    expect(engine.serving).toEqual(["a a1 spec-a1", "b b1 spec-b1"]);
    expect(engine.answered.trim()).toBe("r1.1");
  });

  test("the same release over itself gets a generation of its own, for the live one must not change", () => {
    const engine = served();
    engine.container("old", { status: "exited" });
    expect(engine.release("r1", { app: "old" }).status).toBe(0);
    expect(engine.answered.trim()).toBe("r1.2");
    expect(engine.has("etc/slipway/r1.1")).toBe(false);
  });

  test("what ended and ends again is nobody's hindrance, and leads nowhere", () => {
    const engine = new FakeEngine();
    for (const name of ["a1", "b1", "b2"]) engine.container(name);
    engine.release("r1", { a: "a1", b: "b1" }, { patience: 60 });
    engine.container("a1", { status: "exited" });
    engine.answers("a1", "ends 1");
    engine.answers("b2", "1 not yet", "0");
    const { status, output } = engine.release("r2", { a: "a1", b: "b2" }, { patience: 60 });
    expect(status).toBe(0);
    expect(output).toContain("a is not healthy: its container ended with status 1; nothing waits for it");
    expect(engine.serving).toEqual(["b b2 spec-b2"]);
    expect(engine.generation(engine.reloads)["upstream-a.conf"]).toContain('"127.0.0.1:9"');
    expect(engine.field("a1", "policy")).toBe("unless-stopped");
  });

  test("one that ends while the engine is told to let it: it gets a start of its own", () => {
    const engine = served();
    engine.write("ending", "");
    expect(engine.release("r2", { app: "new" }).status).toBe(0);
    expect(engine.serving).toEqual(["app new spec-new"]);
  });

  test("another health check is put to what runs", () => {
    const engine = served();
    engine.answers("old", "1 was answered 404, not 2xx");
    const run = engine.release("r2", { app: "old" }, { target: "/status" });
    expect(run.status).toBe(1);
    expect(run.output).toContain("app is not healthy: was answered 404, not 2xx");
    expect(run.calls.filter((call) => /^(stop|rm|update)/.test(call))).toEqual([]);
  });

  const connection = (state: string, address = "0900000A") =>
    `  sl  local_address rem_address   st\n   1: 0200000A:A1B2 ${address}:1388 ${state} 00000000\n`;

  test.each([
    ["idle", "", false],
    ["connected to another", connection("01", "0900000B"), false],
    ["closing", connection("06"), false],
    ["busy", connection("01"), true],
    ["busy, written as IPv6", connection("01", "0000000000000000FFFF00000900000A"), true],
  ])("the old container that is %s: it is waited for until two looks find it idle", (_, table, waits) => {
    const engine = served();
    engine.write("proc/net/tcp", table);
    const run = engine.release("r2", { app: "new" }, { drain: 60 });
    expect(run.status).toBe(0);
    // Two looks in a row that find it idle are enough; the fifth is the first one.
    const looks = run.calls.filter((call) => call === "inspect networks old").length;
    expect(looks).toBe(waits ? 6 : 2);
  });

  test.each([
    ["of before the reload may keep visitors' connections", true, 6],
    ["is older and closes them at once", false, 2],
  ])("an Nginx whose worker %s: waited for, %s", (_, knows, looks) => {
    const engine = served();
    if (!knows) engine.write("older", "");
    engine.oldWorker();
    const run = engine.release("r2", { app: "new" }, { drain: 60 });
    expect(run.status).toBe(0);
    expect(run.calls.filter((call) => call === "inspect networks old")).toHaveLength(looks);
  });

  test("a worker of before the reload that stays for a websocket is waited for no longer than idle connections last", () => {
    const engine = served();
    engine.oldWorker();
    engine.clock(2);
    const run = engine.release("r2", { app: "new" }, { drain: 600 });
    expect(run.status).toBe(0);
    expect(run.calls.filter((call) => call === "inspect networks old")).toHaveLength(4);
  });

  // A machine that tests for others must have it; nobody else needs it.
  test.each(found("busybox") || process.env.CI ? [found("busybox")] : [])(
    "an Nginx image that has only what %s brings, as Alpine's, is served the same",
    (busybox) => {
      const engine = new FakeEngine(busybox);
      for (const name of ["a1", "b1", "b2", "b3"]) engine.container(name);
      expect(engine.release("r1", { a: "a1", b: "b1" })).toMatchObject({ status: 0 });
      expect(engine.serving).toEqual(["a a1 spec-a1", "b b1 spec-b1"]);
      expect(engine.answered.trim()).toBe("r1.1");
      expect(engine.release("r1", { a: "a1", b: "b1" }).calls).toEqual([]);
      engine.write("proc/net/tcp", connection("01"));
      const waits = engine.release("r2", { a: "a1", b: "b2" }, { drain: 60 });
      expect(waits.status).toBe(0);
      expect(waits.calls.filter((call) => call === "inspect networks b1")).toHaveLength(6);
      engine.oldWorker();
      engine.write("older", "");
      expect(engine.release("r3", { a: "a1", b: "b3" }, { drain: 60 })).toMatchObject({ status: 0 });
      expect(engine.generation(4)).toEqual({
        "sites.conf": "# sites of r3\n",
        "upstream-a.conf": expect.stringContaining('"a1:5000"'),
        "upstream-b.conf": expect.stringContaining('"b3:5000"'),
        "release.conf": 'map "" $configuration_id {\n    default "r3.1";\n}\n',
        serving: "a a1 spec-a1\nb b3 spec-b3\n",
      });
      engine.container("b4");
      engine.answers("b4", "ends 1");
      expect(engine.release("r4", { a: "a1", b: "b4" }).status).toBe(1);
      expect(engine.answered.trim()).toBe("r3.1");
      expect(engine.has("etc/slipway/r2.1")).toBe(false);
    },
  );

  test("the drain is over when it is over, be the old one busy or not", () => {
    const engine = served();
    engine.write("proc/net/tcp", connection("01"));
    const run = engine.release("r2", { app: "new" }, { drain: 0 });
    expect(run.status).toBe(0);
    expect(run.calls).not.toContain("inspect networks old");
  });

  test.each([
    ["unreachable", "the docker command cannot reach the engine; is it running, and is DOCKER_HOST right?"],
    ["nginx exited", "Nginx does not run: docker logs nginx"],
    ["nginx restarting", "Nginx does not run: docker logs nginx"],
    ["nginx-lost", "Nginx's container does not answer: docker logs nginx"],
  ])("says what to do about an engine that is %s, and touches nothing", (what, message) => {
    const engine = served();
    const [name, broken] = what.split(" ");
    if (broken) engine.container(name as string, { status: broken });
    else engine.write(what, "");
    const { status, output, calls } = engine.release("r2", { app: "new" });
    expect(status).toBe(1);
    expect(output.replace(/after \d+ s/, "after 0 s")).toBe(`stack/host: release failed after 0 s: ${message}\n`);
    expect(calls).toEqual([]);
  });

  test("leaves nothing behind where it ran", () => {
    const engine = served();
    engine.answers("new", "ends 1");
    engine.release("r2", { app: "new" });
    expect(() => readFileSync(join(engine.folder, "tmp"))).toThrow("EISDIR");
    expect(engine.temporary).toEqual(["keepalive", "nginx.candidate.conf"].filter((file) => engine.has(`tmp/${file}`)));
  });
});

describe("a service of which one container at a time may run", () => {
  /** Serves by `old`; Terraform has made `new` and not started it. */
  const prepared = () => {
    const engine = served();
    engine.container("old", { of: "app" });
    engine.container("new", { of: "app", status: "created", address: "10.0.0.10" });
    return engine;
  };
  const starts = (calls: readonly string[]) => calls.filter((call) => /^(stop|start|rm|logs)/.test(call));

  test("is stopped before its successor starts", () => {
    const engine = prepared();
    const { status, output, calls } = engine.release("r2", { app: "new" }, { alone: true });
    expect([status, output]).toEqual([0, expect.stringContaining("app: stopping what serves")]);
    expect(starts(calls)).toEqual(["stop old", "stop -t 0 new", "start new"]);
    expect([engine.field("old", "status"), engine.field("new", "policy")]).toEqual(["exited", "unless-stopped"]);
    expect(engine.serving).toEqual(["app new spec-new"]);
  });

  test("runs again where its successor does not get healthy; its log is what it said from its start on", () => {
    const engine = prepared();
    engine.answers("new", "ends 3");
    const { status, output, calls } = engine.release("r2", { app: "new" }, { alone: true });
    expect([status, output]).toEqual([
      1,
      expect.stringContaining("app is not healthy: its container ended with status 3"),
    ]);
    expect(starts(calls)).toEqual([
      "stop old",
      "stop -t 0 new",
      "start new",
      "logs --tail 20 new",
      "stop new",
      "rm --force --volumes new",
      "start old",
    ]);
    expect([engine.field("old", "status"), engine.serving]).toEqual(["running", ["app old spec-old"]]);
  });

  test("runs again at the next release where the last one was killed, and what that one began is stopped first", () => {
    const engine = prepared();
    engine.container("old", { of: "app", status: "exited" });
    engine.container("killed", { of: "app" });
    engine.write("etc/slipway/notes/halted", "app old\n");
    engine.container("new", { of: "app", status: "created" });
    engine.write("no-start", "");
    const { status, calls } = engine.release("r3", { app: "new" }, { alone: true });
    expect([status, starts(calls).slice(0, 2)]).toEqual([1, ["stop killed", "start old"]]);
  });
});

describe("a worker", () => {
  const WORKER = { kind: "command", target: "'is' 'well'", port: "-" };

  test("is asked in its container, and Nginx has no word of it", () => {
    const engine = new FakeEngine();
    engine.container("c1");
    engine.answers("c1", "1 no heartbeat", "0");
    const run = engine.release("r1", { app: "c1" }, { ...WORKER, patience: 60 });
    expect(run).toMatchObject({ status: 0 });
    expect(run.calls).toEqual([
      "update --restart no c1",
      "reload",
      "exec c1 is well",
      "exec c1 is well",
      "update --restart unless-stopped c1",
      "reload",
    ]);
    for (const reload of [1, 2]) {
      expect(Object.keys(engine.generation(reload)).sort()).toEqual(["release.conf", "serving", "sites.conf"]);
    }
    expect(engine.serving).toEqual(["app c1 spec-c1"]);
  });

  test("is replaced without a drain, and one that ends leaves the one that runs", () => {
    const engine = new FakeEngine();
    engine.container("c1");
    engine.release("r1", { app: "c1" }, WORKER);
    engine.container("c2");
    const run = engine.release("r2", { app: "c2" }, { ...WORKER, drain: 60 });
    expect(run).toMatchObject({ status: 0 });
    expect(run.calls.join("\n")).not.toContain("inspect networks");
    engine.container("c3");
    engine.answers("c3", "ends 3");
    expect(engine.release("r3", { app: "c3" }, WORKER)).toMatchObject({
      status: 1,
      output: expect.stringContaining("app is not healthy: its container ended with status 3"),
    });
    expect(engine.serving).toEqual(["app c2 spec-c2"]);
    expect(engine.field("c2", "status")).toBe("running");
  });

  test("that must run for a while is asked by when the engine started it", () => {
    const engine = new FakeEngine();
    engine.container("c1");
    const run = engine.release("r1", { app: "c1" }, { kind: "running", target: "10", port: "-" });
    expect(run.calls).toContain("ask running 2026-01-02T03:04:05Z 3 10");
  });
});

describe("the commands that a release uses", () => {
  const BUILTIN = [
    ":",
    "[",
    "break",
    "cd",
    "command",
    "continue",
    "echo",
    "eval",
    "exit",
    "export",
    "kill",
    "printf",
    "read",
    "return",
    "set",
    "umask",
    "wait",
  ];
  const MORE = ["shift", "trap", "unset", "docker", "nginx", "curl", "wget", "openssl", "base64", "jq"];
  const KEYWORDS = ["case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "then", "until", "while", "in"];

  /** The words where a command may stand; what is in quotes, a comment, openssl's settings or a pattern of `case`, is none. */
  const commandsOf = (text: string) => {
    const code = text
      .replace(/<<END\n.*?\nEND$/gms, "")
      .replace(/(^|\s)#.*$/gm, "")
      .replace(/"(?:[^"$\n]|\$(?!\())*"/g, '""')
      .replace(/'[^']*'/g, "''")
      .replace(/\$\(\(.*?\)\)/g, "0")
      .replace(/(^|\bin)\s*[\w*"$.-]+(?: \| [\w*"$.-]+)*\)/gm, "$1;");
    const found = code.matchAll(
      /(?<=^|[;|&!{(]|\b(?:then|do|else|if|elif|until|while)\b)\s*(?:\w+=(?:"[^"]*"|[^\s;"(]*)\s+)*([a-z_][\w-]*)(?=\s|$|;|\))/gm,
    );
    return new Set([...found].map((match) => match[1] as string).filter((word) => !KEYWORDS.includes(word)));
  };

  // the other probes run in Nginx's container, which their own tests give them no more commands than
  const files = ["rollout", "hosts/local"]
    .flatMap((folder) =>
      readdirSync(join(SOURCE, folder))
        .filter((name) => name.endsWith(".sh"))
        .map((name) => `${folder}/${name}`),
    )
    .concat("rollout/probes/command.sh", "hosts/secret-value.sh", "docker/docker-login.sh");
  // what they use beside, jq, they look for first: a host that asks for no signatures does without
  const signing = ["docker/signing/registry-request.sh", "docker/signing/signature.sh"];
  const textOf = (path: string) => readFileSync(join(SOURCE, path), "utf8");

  test.each(files)("%s uses what is tested", (path) => {
    const own = [...files, ...signing].flatMap((file) =>
      [...textOf(file).matchAll(/^(\w+)\(\) \{/gm)].map(([, word]) => word as string),
    );
    const probes = readdirSync(join(SOURCE, "rollout/probes")).map((file) => `probe_${file.replace(".sh", "")}`);
    const known = new Set([...COMMANDS, ...COMMANDS_INSIDE, ...BUILTIN, ...MORE, ...own, ...probes]);
    expect([...commandsOf(textOf(path))].filter((word) => !known.has(word))).toEqual([]);
  });

  test("would find one that is not", () => {
    expect(commandsOf("a=1 gawk . | flock x\nif sha256sum y; then z; fi")).toEqual(
      new Set(["gawk", "flock", "sha256sum", "z"]),
    );
  });
});
