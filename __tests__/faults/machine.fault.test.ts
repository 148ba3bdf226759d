import type { RequestInterceptor } from "../../src/rehearsal/doubles/ecr-registry.ts";
import { FaultMachine } from "./fault-machine.ts";

/**
 * One rehearsed machine that lives through one fault after another. Each is what a visitor and the host's operator see of
 * it, beside a control without what heals it: there the same look must find the harm. After each one version is whole,
 * and the next release goes out.
 */
const host = new FaultMachine();

jest.setTimeout(240_000);
beforeAll(() => host.start(), 600_000);
afterAll(() => host.stop(), 120_000);
afterEach(() => {
  host.registry.disturbance = undefined;
});

const CONTAINER = "$(docker ps -q)";
const KILL_APPLICATION = `kill -9 $(docker inspect -f '{{.State.Pid}}' ${CONTAINER})`;
const NEVER_AGAIN = `docker update --restart no ${CONTAINER}`;
const BY_ITSELF = "slipway-converge.service slipway-converge.timer";
const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

test("1 app-crash: the engine starts it again within seconds", async () => {
  const began = Date.now();
  const { failed } = await host.visited(async () => {
    await host.on(KILL_APPLICATION);
    await host.answers(host.serves);
  });
  expect(Date.now() - began).toBeLessThan(15_000);
  expect(failed.filter((reason) => !/^status 502$/.test(reason))).toEqual([]);
  expect(await host.on(`docker inspect -f '{{.RestartCount}}' ${CONTAINER}`)).toBe("1");
  await host.converges();
});

test("1 app-crash, control: one that the engine does not start again stays away until the agent comes", async () => {
  await host.on(`${NEVER_AGAIN}; ${KILL_APPLICATION}`);
  await pause(5);
  expect(await host.visit()).toBe("502");
  expect((await host.converge()).said).toContain("page: does not run");
  await host.converges();
});

const ENDS = ["sh", "-c", "echo no database; exit 3"];

test("2 crash-loop: a version that ends again and again goes nowhere, and its last words are told", async () => {
  const told = await host.put(await host.image("ends", { command: ENDS }));
  const { result, failed } = await host.visited(() => host.tell(told));
  expect(result.status).toBe(1);
  expect(result.said).toContain("page is not healthy: its container ended with status 3");
  expect(result.said).toContain("    no database");
  expect(failed).toEqual([]);
  await host.converges();
});

test("2 crash-loop, control: put in the old one's place without waiting, it fails every visitor", async () => {
  const image = await host.on(`docker inspect -f '{{.Config.Image}}' ${CONTAINER}`);
  const port = await host.on("docker ps --format '{{.Names}}' | sed 's/.*-//'");
  await host.on(`docker stop ${CONTAINER}`);
  await host.on(`docker run -d --name loops --restart always -p 127.0.0.1:${port}:8080 ${image} sh -c 'exit 3'`);
  const { failed } = await host.visited(() => pause(1));
  expect(failed.length).toBeGreaterThan(0);
  await host.shell("docker rm -f loops");
  await host.converge();
  await host.converges();
});

/** Not more than three times a minute does systemd start it by itself. */
const RESTART_ENGINE = "systemctl reset-failed docker; systemctl restart docker";
const started = () => host.on(`docker inspect -f '{{.Id}} {{.State.StartedAt}}' ${CONTAINER}`);

test("3 engine-restart: the container runs on, and is there again as soon as the engine is", async () => {
  const before = await started();
  const { failed } = await host.visited(async () => {
    await host.on(RESTART_ENGINE);
    await host.answers(host.serves);
  });
  // an engine of today ends its docker-proxy with itself, so that the port is not there meanwhile
  expect(failed.filter((reason) => reason !== "status 502")).toEqual([]);
  expect(await started()).toBe(before);
  await host.converges();
});

test("3 engine-restart, control: an engine without live-restore stops its containers with itself", async () => {
  // what an engine finds that another setting has left it stops for good: the agent brings it back
  const set = async (value: boolean) => {
    await host.on(
      `sed -i 's/"live-restore": [a-z]*/"live-restore": ${value}/' /etc/docker/daemon.json; ${RESTART_ENGINE}`,
    );
    await host.converge();
    await host.answers(host.serves);
  };
  await set(false);
  const before = await started();
  await host.on(RESTART_ENGINE);
  await host.converge();
  await host.answers(host.serves);
  expect(await started()).not.toBe(before);
  await set(true);
  await host.converges();
});

test("4 nginx-killed: systemd starts it again within seconds", async () => {
  const began = Date.now();
  await host.on("pkill -KILL -x nginx");
  await host.answers(host.serves);
  expect(Date.now() - began).toBeLessThan(15_000);
  await host.converges();
});

test("4 nginx-killed, control: with the package's own unit it stays away until the agent comes", async () => {
  const dropIn = "/run/systemd/system/nginx.service.d";
  await host.on(`mkdir -p ${dropIn}; printf '[Service]\\nRestart=no\\n' >${dropIn}/zz.conf; systemctl daemon-reload`);
  await host.on("pkill -KILL -x nginx");
  await pause(4);
  expect(await host.visit()).toMatch(/^ECONN/);
  await host.on(`rm -r ${dropIn}; systemctl daemon-reload`);
  expect(await host.converge()).toMatchObject({ status: 0 });
  await host.converges();
});

/** How long a reboot takes until the machine boots again, in seconds. */
async function reboots(): Promise<number> {
  const began = Date.now();
  await host.machine.reboot();
  return (Date.now() - began) / 1000;
}

test("5 reboot: the host serves again what is live, by itself and soon", async () => {
  expect(await reboots()).toBeLessThan(30);
  await host.answers(host.serves);
  await host.converges();
});

test("5 reboot, control: containers that systemd has to end itself take a minute and more", async () => {
  const dropIn = "/etc/systemd/system/docker.service.d/slipway.conf";
  await host.on(`rm ${dropIn}; systemctl daemon-reload`);
  expect(await reboots()).toBeGreaterThan(50);
  await host.answers(host.serves);
  await host.on(`cp /usr/local/lib/slipway/current/host${dropIn} ${dropIn}; systemctl daemon-reload`);
  await host.converges();
});

test("5 reboot, control: nothing serves where neither the engine nor the agent starts anything", async () => {
  await host.on(`systemctl disable ${BY_ITSELF}; ${NEVER_AGAIN}`);
  await host.machine.reboot();
  await host.until("the engine", async () => (await host.shell("docker version")).status === 0);
  await pause(5);
  expect(await host.visit()).toBe("502");
  await host.on(`systemctl enable ${BY_ITSELF}; systemctl start slipway-converge.timer slipway-converge.service`);
  await host.answers(host.serves);
  await host.converges();
});

test("6 power-cut: before the switch the old version is back, and then the release ends", async () => {
  const slow = ["sh", "-c", "sleep 4; exec busybox httpd -f -p 8080 -h /srv"];
  const old = host.serves;
  const told = await host.put(await host.image("cut before", { command: slow }));
  const run = host.tell(told).catch(() => undefined);
  await host.until("a candidate", async () => (await host.on("docker ps -q")).split("\n").length === 2);
  await host.machine.cutPower();
  await run;
  await host.machine.start();
  await host.answers(old);
  await host.until("the release", async () => {
    await host.converge();
    return (await host.page()) === "version cut before";
  });
  host.serves = "cut before";
  await host.converges();
});

test("6 power-cut: after the switch the new version is back, or the old one until the release ends", async () => {
  const old = host.serves;
  const told = await host.put(await host.image("cut after"));
  const run = host.tell(told).catch(() => undefined);
  await host.until("the switch", async () => (await host.page()) === "version cut after");
  await host.machine.cutPower();
  await run;
  await host.machine.start();
  await host.until("a version", async () => [`version ${old}`, "version cut after"].includes(await host.page()));
  await host.until("the release", async () => {
    await host.converge();
    return (await host.page()) === "version cut after";
  });
  host.serves = "cut after";
  await host.converges();
});

test("7 disk-full: a pull without room fails the release, which goes out when there is room", async () => {
  const told = await host.put(await host.image("heavy", { bytes: 1_000_000 }));
  await host.on("mkdir -p /var/lib/docker/tmp; mount -t tmpfs -o size=1m tmpfs /var/lib/docker/tmp");
  const { result, failed } = await host
    .visited(() => host.tell(told))
    .finally(() => host.on("umount /var/lib/docker/tmp"));
  expect([result.status, failed]).toEqual([1, []]);
  expect(result.said).toMatch(/the disk is full, \d+ MiB are free beside what serves/);
  await host.isWhole();
  // the control: the disk was all that was wrong with it
  expect(await host.tell(told)).toMatchObject({ status: 0 });
  host.serves = "heavy";
  await host.converges();
});

test("8 out-of-memory: a version that needs more than its limit fails the release, and says so", async () => {
  const hungry = ["sh", "-c", "x=$(head -c 15000000 /dev/zero | tr '\\0' x); exec busybox httpd -f -p 8080 -h /srv"];
  const image = await host.image("hungry", { command: hungry });
  const told = await host.put(image, { memoryMiB: 24 });
  const { result, failed } = await host.visited(() => host.tell(told));
  expect([result.status, failed]).toEqual([1, []]);
  expect(result.said).toContain("its container needed more than its memory limit and was killed");
  await host.isWhole();
  // the control: with as much as it needs it serves
  expect(await host.tell(await host.put(image, { memoryMiB: 100 }))).toMatchObject({ status: 0 });
  host.serves = "hungry";
  await host.converges();
});

/** Where it stands between host and registry the release is not possible now; once it is gone the timer brings it. */
async function isNotNow(version: string, disturbance: RequestInterceptor, reason: RegExp, environment: string[] = []) {
  const told = await host.put(await host.image(version));
  host.registry.disturbance = disturbance;
  const { result, failed } = await host.visited(() => host.tell(told, environment));
  expect([result.status, failed]).toEqual([75, []]);
  expect(result.said).toMatch(reason);
  expect(await host.page()).toBe(`version ${host.serves}`);
  // the control: nothing else was wrong with it
  host.registry.disturbance = undefined;
  expect((await host.converge()).said).toContain(`live version=${told.version}`);
  host.serves = version;
  await host.converges();
}

test("9 registry-down: the release waits, and the timer brings it when the registry is back", async () => {
  await isNotNow("away", (incoming) => incoming.socket.destroy(), /again version=\d+ .*: cannot pull /);
});

test("10 registry-slow: at 1 kB/s a pull is given up after its time, and the lock with it", async () => {
  const trickle: RequestInterceptor = (incoming, outgoing, serve) => {
    if (incoming.method !== "GET" || !incoming.url?.includes("/blobs/")) return serve();
    outgoing.writeHead(200, { "content-length": 10_000_000 });
    const timer = setInterval(() => outgoing.write(Buffer.alloc(1000)), 1000);
    outgoing.on("close", () => clearInterval(timer));
  };
  await isNotNow("slow", trickle, /was not here after 5 s: is the registry slow/, ["SLIPWAY_PULL_SECONDS=5"]);
});

test("11 registry-401: the release waits, and says what the registry said", async () => {
  const refuse: RequestInterceptor = (_, outgoing) => {
    outgoing.writeHead(401, { "www-authenticate": 'Basic realm="registry"' }).end();
  };
  await isNotNow("unauthorized", refuse, /cannot pull .*(unauthorized|no basic auth|401)/i);
});

/** A registry whose logins end with the first layer; the first `logins` of them, or all. */
function expiring(logins: number): { disturbance: RequestInterceptor; refused: () => number } {
  const seen: string[] = [];
  const ended = new Set<string>();
  let refused = 0;
  const disturbance: RequestInterceptor = (incoming, outgoing, serve) => {
    const login = incoming.headers.authorization;
    if (login && ended.has(login)) {
      refused += 1;
      outgoing.writeHead(403, { "content-type": "application/json" });
      outgoing.end(
        '{"errors":[{"code":"DENIED","message":"Your authorization token has expired. Reauthenticate and try again."}]}',
      );
      return;
    }
    if (login && !seen.includes(login)) seen.push(login);
    if (login && incoming.url?.includes("/blobs/") && seen.indexOf(login) < logins) ended.add(login);
    serve();
  };
  return { disturbance, refused: () => refused };
}

test("12 login-expired: a login that ends within a pull costs a second try with a new one", async () => {
  const told = await host.put(await host.image("renewed", { bytes: 200_000 }));
  const { disturbance, refused } = expiring(1);
  host.registry.disturbance = disturbance;
  const { result, failed } = await host.visited(() => host.tell(told));
  expect([result.status, failed]).toEqual([0, []]);
  expect(result.said).toContain("Your authorization token has expired");
  expect(refused()).toBeGreaterThan(0);
  host.serves = "renewed";
  host.registry.disturbance = undefined;
  await host.converges();
});

test("12 login-expired, control: with logins that all end so no try gets through", async () => {
  const told = await host.put(await host.image("expired", { bytes: 200_000 }));
  host.registry.disturbance = expiring(Number.POSITIVE_INFINITY).disturbance;
  expect(await host.tell(told)).toMatchObject({ status: 75, said: expect.stringContaining("token has expired") });
  host.registry.disturbance = undefined;
  expect(await host.converge()).toMatchObject({ status: 0 });
  host.serves = "expired";
  await host.converges();
});

test.each([
  [
    "of another host",
    (text: string) => text.replace(/"host":"[^"]*"/, '"host":"other/host"'),
    /the manifest is for other\/host/,
  ],
  ["that is no JSON", () => "{ not json", /./],
])("13 bad-manifest: one %s is refused, and nothing moves", async (_, change, reason) => {
  const good = await host.manifest(await host.image("manifest"));
  const told = await host.putText(change(good));
  const { result, failed } = await host.visited(() => host.tell(told));
  expect(result.status).not.toBe(0);
  expect(result.said).toMatch(reason);
  expect(failed).toEqual([]);
  expect(await host.page()).toBe(`version ${host.serves}`);
  // the control: as it was before the change it is taken
  expect(await host.tell(await host.putText(good))).toMatchObject({ status: 0 });
  host.serves = "manifest";
  await host.converges();
});

test("14 image-gone: a digest that the registry has not fails the release at once", async () => {
  const image = await host.image("gone");
  const told = await host.put(image.replace(/[0-9a-f]{64}$/, "0".repeat(64)));
  const { result, failed } = await host.visited(() => host.tell(told));
  expect([result.status, failed]).toEqual([1, []]);
  expect(result.said).toMatch(/cannot pull .*@sha256:0{64}/);
  expect(result.said).not.toContain("trying again");
  // the control: the digest that it has is taken
  expect(await host.tell(await host.put(image))).toMatchObject({ status: 0 });
  host.serves = "gone";
  await host.converges();
});

/** No name leads anywhere, not even those of the machine's own hosts file. */
const NO_NAMES = "cp /etc/nsswitch.conf /etc/nsswitch.conf.whole; sed -i 's/^hosts:.*/hosts: db/' /etc/nsswitch.conf";
const NAMES = "mv /etc/nsswitch.conf.whole /etc/nsswitch.conf";

test("16 no-dns: a boot without name servers serves what served, and looks for a release later", async () => {
  await host.on(NO_NAMES);
  await host.machine.reboot();
  await host.answers(host.serves);
  await host.until("a word about it", async () => /again version=.*does not answer/.test((await host.converge()).said));
  await host.on(NAMES);
  expect(await host.converge()).toMatchObject({ status: 0 });
  await host.converges();
});

test("16 no-dns, control: what the engine does not start again then stays away until names are back", async () => {
  await host.on(`${NO_NAMES}; ${NEVER_AGAIN}`);
  await host.machine.reboot();
  await host.until("the engine", async () => (await host.shell("docker version")).status === 0);
  await pause(3);
  expect(await host.visit()).toBe("502");
  await host.on(NAMES);
  await host.until("the agent", async () => (await host.converge()).status === 0);
  await host.answers(host.serves);
  await host.converges();
});

/** Holds apt's lock for as long, as unattended upgrades do. */
const HELD = (seconds: number) =>
  `python3 -c "import fcntl, time; f = open('/var/lib/dpkg/lock-frontend', 'w'); fcntl.lockf(f, fcntl.LOCK_EX); time.sleep(${seconds})" & sleep 1;`;

test("17 apt-locked: an installation waits for its turn", async () => {
  const { status, said } = await host.shell(
    `${HELD(7)} began=$(date +%s); apt-get install -qy jq 2>&1 && echo "took $(($(date +%s) - began))"`,
  );
  expect(status).toBe(0);
  expect(Number(/took (\d+)/.exec(said)?.[1])).toBeGreaterThanOrEqual(4);
  await host.isWhole();
});

test("17 apt-locked, control: without the host's own setting it fails at once", async () => {
  const { status, said } = await host.shell(
    `${HELD(4)} apt-get -o DPkg::Lock::Timeout=0 install -qy jq 2>&1; status=$?; wait; exit $status`,
  );
  expect([status, said]).toEqual([100, expect.stringContaining("Could not get lock")]);
  await host.isWhole();
});

const SOURCES = "/etc/apt/sources.list.d";
const NO_MIRROR = `mkdir /root/sources; mv ${SOURCES}/* /etc/apt/sources.list /root/sources 2>/dev/null; printf 'deb http://127.0.0.1:9/ none main\\n' >${SOURCES}/away.list; rm -rf /var/lib/apt/lists/*`;
const MIRROR = `rm ${SOURCES}/away.list; mv /root/sources/sources.list /etc/apt/ 2>/dev/null; mv /root/sources/* ${SOURCES}/ 2>/dev/null; rmdir /root/sources`;
const BOOT =
  "printf 'Acquire::Retries \"0\";' >/root/apt.conf; APT_CONFIG=/root/apt.conf slipway-agent boot dehydrated";

test("18 mirror-away: the first boot installs what is missing when the mirror is back", async () => {
  // a machine that is prepared has it
  await host.on(`apt-get -qy purge dehydrated; ${NO_MIRROR}`);
  const boot = host.shell(BOOT);
  await pause(3);
  await host.on(MIRROR);
  const { status, said } = await boot;
  expect(said.match(/still to install: dehydrated/g)?.length).toBeGreaterThan(1);
  expect([status, said]).toEqual([0, expect.stringContaining("the host is set up")]);
  await host.converges();
});

test("18 mirror-away, control: one that stays away fails the first boot, which says what is missing", async () => {
  await host.on(`apt-get -qy purge dehydrated; ${NO_MIRROR}`);
  await host.on("mkdir /root/quick; ln -s /bin/true /root/quick/sleep");
  const { status, said } = await host.shell(`PATH=/root/quick:$PATH; ${BOOT}`);
  expect([status, said]).toEqual([1, expect.stringContaining("the first boot failed: apt cannot install dehydrated")]);
  await host.on(`rm -r /root/quick; ${MIRROR}`);
  await host.isWhole();
});

test("19 two-releases: one waits for the other, and the one that was told last serves", async () => {
  const images = [await host.image("first"), await host.image("second")] as const;
  const [first, second] = [await host.put(images[0]), await host.put(images[1])];
  const { result, failed } = await host.visited(async () => {
    const run = host.tell(first);
    await host.until("the first", async () => (await host.shell("test -e /run/slipway/releasing.json")).status === 0);
    return [await host.tell(second), await run];
  });
  expect([result.map(({ status }) => status), failed]).toEqual([[0, 0], []]);
  host.serves = "second";
  await host.converges();
});

test("19 two-releases, control: without the lock they take each other's containers", async () => {
  await host.on("mkdir /root/free; ln -s /bin/true /root/free/flock");
  const [first, second] = [await host.put(await host.image("loose 1")), await host.put(await host.image("loose 2"))];
  const free = ["PATH=/root/free:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];
  const run = host.tell(first, free);
  await pause(1);
  const statuses = [(await host.tell(second, free)).status, (await run).status];
  expect(statuses).not.toEqual([0, 0]);
  await host.on("rm -r /root/free");
  expect(await host.tell(second)).toMatchObject({ status: 0 });
  host.serves = "loose 2";
  await host.converges();
});

test("after all of them an apply brings what is declared, and the plan is empty", async () => {
  await host.applies();
  const rest = await host.memoryBeside();
  const { peakAnonymousMiB, limitMiB, oomKills } = host.memory ?? {};
  console.log(
    `beside the application ${rest} MiB; at most ${peakAnonymousMiB} of ${limitMiB} MiB over all, ${oomKills} killed for memory`,
  );
  expect(rest).toBeLessThan(250);
});
