// @ts-check

/**
 * What happens to a host, and which tests show what becomes of it.
 *
 * @typedef {object} Shown tests of one file
 * @property {"fast" | "real" | "faults"} project of Jest; `real` and `fast` are part of CI
 * @property {string} file below `__tests__/`
 * @property {string} test how their titles begin
 *
 * @typedef {object} Fault
 * @property {number} number
 * @property {string} name
 * @property {string} what for people
 * @property {string} visitor what a visitor sees
 * @property {string} operator what whoever runs the host reads, in `journalctl -t slipway` and in the apply where nothing else is said
 * @property {string} heals what mends it
 * @property {string} control what shows that the same look would find harm
 * @property {readonly Shown[]} shown
 */

const MACHINE = "faults/machine.fault.test.ts";

/** @param {string} test @returns {Shown} */
const onMachine = (test) => ({ project: "faults", file: MACHINE, test });
/** @param {string} file @param {string} test @returns {Shown} */
const inCi = (file, test) => ({ project: "real", file: `real/${file}.real.test.ts`, test });

/** @type {readonly Fault[]} */
export const FAULTS = [
  {
    number: 1,
    name: "app-crash",
    what: "the application is killed",
    visitor: "502 for a second at most",
    operator: "nothing; `docker ps` says since when it runs, `slipway status` that it is healthy",
    heals: "the engine starts it again at once; the timer, within five minutes, what the engine does not",
    control: "a container that the engine may not start again stays 502 until the agent comes",
    shown: [onMachine("1 app-crash")],
  },
  {
    number: 2,
    name: "crash-loop",
    what: "a new version ends as soon as it starts",
    visitor: "nothing: the old version serves on",
    operator: "`NAME is not healthy: its container ended with status 3`, after its last lines",
    heals: "another version; the failed one is not tried again by itself",
    control: "put in the old one's place without waiting, it fails visitors",
    shown: [
      inCi("host-agent", "a release that never gets healthy fails with its reason"),
      inCi("roll", "a container that is stopped first does fail requests"),
      onMachine("2 crash-loop"),
    ],
  },
  {
    number: 3,
    name: "engine-restart",
    what: "the Docker Engine is restarted, as by an upgrade of its package",
    visitor:
      "502 for half a second or one: an engine of today ends its docker-proxy with itself; one of 20.10 does not",
    operator: "nothing",
    heals: "containers outlive their engine (`live-restore`), and their ports are back with it; see below",
    control: "without `live-restore` the container is stopped and started again",
    shown: [onMachine("3 engine-restart")],
  },
  {
    number: 4,
    name: "nginx-killed",
    what: "Nginx is killed",
    visitor: "refused connections for a second or two",
    operator: "`systemctl status nginx`",
    heals: "systemd starts it again; the timer what systemd does not",
    control: "with the package's own unit it stays away until the agent comes",
    shown: [inCi("agent-recovery", "Nginx that does not run is started"), onMachine("4 nginx-killed")],
  },
  {
    number: 5,
    name: "reboot",
    what: "the machine boots again",
    visitor: "nobody answers until it is up, a few seconds later",
    operator: "`live version=…`, or nothing where all came back by itself",
    heals:
      "containers end by their own signals; the engine starts what ran; the agent sees to it that it is what is labelled live",
    control:
      "where neither may start anything it stays 502; where systemd has to end containers it waits for a minute and a half",
    shown: [onMachine("5 reboot")],
  },
  {
    number: 6,
    name: "power-cut",
    what: "the power goes before, in and after the switch of a release",
    visitor: "nobody answers until the machine is up; then one version, whole",
    operator: "`stopping it, an earlier run was cut off`, `going back to generation …`",
    heals:
      "the boot brings back what is live, the next run ends the release; begun twice and cut off each time, it is given up",
    control: "a core that stops first, or a driver that leaves what was begun, is found by the same looks",
    shown: [
      { project: "fast", file: "rollout/power-cut.test.ts", test: "a power cut after every line" },
      { project: "fast", file: "rollout/power-cut.test.ts", test: "the same looks find the harm" },
      inCi("host-agent-recovery", "a release that dies"),
      onMachine("6 power-cut"),
    ],
  },
  {
    number: 7,
    name: "disk-full",
    what: "the disk has no room for a pull",
    visitor: "nothing: the old version serves on",
    operator: "`the disk is full, N MiB are free beside what serves: give the host more volumeGiB, or smaller images`",
    heals: "images of older releases go first by themselves; then room, and an apply",
    control: "with room the same release goes out",
    shown: [inCi("agent-images", "says that the disk is full for good"), onMachine("7 disk-full")],
  },
  {
    number: 8,
    name: "out-of-memory",
    what: "a new version needs more memory than its limit",
    visitor: "nothing: the old version serves on",
    operator: "`its container needed more than its memory limit and was killed`",
    heals: "a higher `memoryMiB`, or another version",
    control: "with a higher limit the same image goes out",
    shown: [onMachine("8 out-of-memory")],
  },
  {
    number: 9,
    name: "registry-down",
    what: "the registry does not answer",
    visitor: "nothing: the old version serves on",
    operator: "`again version=… : cannot pull …`; the apply ends with it",
    heals: "the timer, once the registry is back",
    control: "with the registry back the same release goes out",
    shown: [onMachine("9 registry-down")],
  },
  {
    number: 10,
    name: "registry-slow",
    what: "the registry answers at 1 kB/s",
    visitor: "nothing: the old version serves on",
    operator: "`it was not here after 1800 s: is the registry slow, or the way to it?`",
    heals: "the timer tries again; until then the host is free for other releases",
    control: "at its usual speed the same release goes out",
    shown: [inCi("agent-images", "a pull that only trickles is given up"), onMachine("10 registry-slow")],
  },
  {
    number: 11,
    name: "registry-401",
    what: "the registry takes no login",
    visitor: "nothing: the old version serves on",
    operator: "`cannot pull …`, with the registry's words",
    heals: "ECR: the timer, once the role may pull; elsewhere a login that may (`pullLogin`)",
    control: "with the login taken the same release goes out",
    shown: [onMachine("11 registry-401")],
  },
  {
    number: 12,
    name: "login-expired",
    what: "the login ends while an image is pulled",
    visitor: "nothing",
    operator: "`Your authorization token has expired … trying again`",
    heals: "the next try asks for a login of its own",
    control: "where every login ends so, no try gets through, and the release waits",
    shown: [onMachine("12 login-expired")],
  },
  {
    number: 13,
    name: "bad-manifest",
    what: "the host's parameter holds what is no release of its own",
    visitor: "nothing: the old version serves on",
    operator: "what is wrong with it: `the manifest is for other/host`, `has the unknown key …`",
    heals: "an apply, which puts the declared one",
    control: "as it was before the damage it is taken",
    shown: [inCi("host-agent", "a manifest"), onMachine("13 bad-manifest")],
  },
  {
    number: 14,
    name: "image-gone",
    what: "the registry has no image of that digest",
    visitor: "nothing: the old version serves on",
    operator: "`cannot pull …@sha256:…: manifest unknown`, at once",
    heals: "an apply that builds and pushes it",
    control: "a digest that is there is taken",
    shown: [inCi("host-agent", "a digest that the registry does not have"), onMachine("14 image-gone")],
  },
  {
    number: 15,
    name: "clock-off",
    what: "the host's clock is an hour off, or is set by an hour while a release waits",
    visitor: "nothing",
    operator: "`AWS refuses GetParameter: … signature expired`",
    heals: "the right time (`timedatectl`); then the timer. A clock that is set ends no wait",
    control: "with the right time the release goes out; waits that are measured by the clock fail it",
    shown: [{ project: "faults", file: "faults/agent.fault.test.ts", test: "15 clock-off" }],
  },
  {
    number: 16,
    name: "no-dns",
    what: "no name can be resolved at a boot",
    visitor: "what served before the boot",
    operator: "`again version=… : https://ssm.… does not answer`",
    heals: "the timer, once names are back",
    control: "what the engine may not start again stays 502 until then",
    shown: [onMachine("16 no-dns")],
  },
  {
    number: 17,
    name: "apt-locked",
    what: "another program has apt's lock when the host installs",
    visitor: "nothing",
    operator: "nothing",
    heals: "the installation waits for ten minutes",
    control: "without that setting it fails at once",
    shown: [onMachine("17 apt-locked")],
  },
  {
    number: 18,
    name: "mirror-away",
    what: "the mirror of the packages is away at the first boot",
    visitor: "nobody answers yet",
    operator: "`still to install: …`; at the end `the first boot failed: apt cannot install …`, and so says the apply",
    heals: "four more tries over three and a half minutes; after that another instance (`-replace`)",
    control: "a mirror that stays away fails the boot, which says what is missing",
    shown: [onMachine("18 mirror-away")],
  },
  {
    number: 19,
    name: "two-releases",
    what: "two releases are told at once",
    visitor: "one version after the other, and nothing in between",
    operator: "`another run is at work`, from the timer; who tells waits for a quarter of an hour",
    heals: "one lock: they follow each other",
    control: "without the lock at least one of them fails",
    shown: [inCi("host-agent", "of two runs at once one works"), onMachine("19 two-releases")],
  },
  {
    number: 20,
    name: "acme-down",
    what: "the ACME server does not answer",
    visitor: "nothing while a certificate is there; HTTP before the first one, 503 where it was lost",
    operator: "`NAME: no new certificate: …; tried again after HH:MM UTC`; `slipway status` has each certificate's end",
    heals: "the timer, an hour later; a third of the certificate's life is left for it",
    control: "with the server there a certificate comes",
    shown: [
      inCi("host-agent-tls", "a release with TLS gets a certificate"),
      inCi("host-agent-tls", "a certificate that is lost while the server is down"),
    ],
  },
  {
    number: 21,
    name: "acme-429",
    what: "the ACME server limits how often it is asked",
    visitor: "the same",
    operator: "the same, with the server's words",
    heals: "it is left alone for as long as it says",
    control: "one in trouble is asked again within the hour",
    shown: [inCi("host-agent-tls", "a server that limits how often it is asked")],
  },
  {
    number: 22,
    name: "volume-late",
    what: "the data volume comes after the machine has booted",
    visitor: "nobody answers until it is there",
    operator: "`journalctl -u slipway-data`",
    heals: "the mount waits for it, and Docker for the mount",
    control: "one that never comes ends with what to look at",
    shown: [inCi("host-agent-data", "a disk that comes late is waited for")],
  },
  {
    number: 23,
    name: "volume-missing",
    what: "the data volume never comes",
    visitor: "nobody answers: no service starts beside its data",
    operator: "which volume is missing, and what to look at",
    heals: "the volume, attached; the agent mounts what comes after the boot",
    control: "one that is only late is mounted",
    shown: [
      inCi("host-agent-data", "one that never comes ends with what to look at"),
      inCi("host-agent-data", "mounts what came after the boot"),
    ],
  },
  {
    number: 24,
    name: "migration-killed",
    what: "a task that runs before the switch is killed with its host",
    visitor: "nobody answers until the machine is up; then the old version",
    operator: "`stopping it, an earlier run was cut off`, then the task's own log again",
    heals: "the next run removes what is left of it and runs it anew: a task may run twice after a power cut",
    control: "one that has ended and stands in the ledger does not run again",
    shown: [
      inCi("agent-tasks", "that was killed with its host runs anew"),
      inCi("agent-tasks", "runs once, with its own words"),
    ],
  },
];
