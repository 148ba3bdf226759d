import type { TerraformStack } from "cdktf";
import { BuiltImage } from "../../src/docker/built-image.ts";
import { Container, type ContainerProps } from "../../src/docker/container.ts";
import { Ghcr } from "../../src/docker/hosted-registry.ts";
import { Network } from "../../src/docker/network.ts";
import { PulledImage } from "../../src/docker/pulled-image.ts";
import { SelfHostedRegistry } from "../../src/docker/self-hosted-registry.ts";
import { Volume } from "../../src/docker/volume.ts";
import { synthesize } from "../synthesize.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const pulled = (scope: TerraformStack) => new PulledImage(scope, "image", { image: `nginx@${DIGEST}` });

function contain(props: (scope: TerraformStack) => object) {
  return synthesize((scope) => {
    new Container(scope, "web", { image: pulled(scope), ...props(scope) } as ContainerProps);
  });
}

describe("what is no volume, network, image or port is refused with what to write", () => {
  test.each<[string, (scope: TerraformStack) => object, string]>([
    [
      "a folder of the machine as a volume",
      () => ({ volumes: { "/data": "/srv/data" } }),
      'stack/web: volumes[/data]: volume must be a Volume, got "/srv/data": make one by new Volume(this, "data"), or take one by Volume.fromName; a folder of the engine\'s machine is none',
    ],
    [
      "an unset volume",
      () => ({ volumes: { "/data": undefined } }),
      "volumes[/data]: volume must be a Volume, got undef",
    ],
    [
      "a network as a volume",
      (s) => ({ volumes: { "/data": new Network(s, "n") } }),
      "volume must be a Volume, got an ob",
    ],
    [
      "volumes without their paths",
      (s) => ({ volumes: [new Volume(s, "v")] }),
      "volumes must be a map of volumes by path",
    ],
    [
      "volumes as text",
      () => ({ volumes: "/srv:/data" }),
      'a map of volumes by path, got "/srv:/data": write { "/var/',
    ],
    ["a network's name", () => ({ network: "bridge" }), 'stack/web: network: network must be a Network, got "bridge"'],
    ["an image's name", () => ({ image: "nginx:1.27" }), 'stack/web: image: image must be an image, got "nginx:1.27"'],
    ["no image, as an unset variable gives it", () => ({ image: undefined }), "image must be an image, got undefined"],
    [
      "a port as text",
      () => ({ ports: ["8888:80"] }),
      'port mapping must be a PortMapping, got "8888:80": write PortMap',
    ],
    ["one port alone", () => ({ ports: 8888 }), "ports must be a list of which each must be a PortMapping, got 8888"],
    [
      "a way of replacement that is none",
      () => ({ replacement: "rolling" }),
      'must be stop-first or start-first, got "ro',
    ],
    ["a file that is no text", () => ({ files: { "/a": 1 } }), "files[/a]: must be text, got number"],
    [
      "a name for no address",
      () => ({ extraHosts: { db: "db.example.com" } }),
      'stack/web: extraHosts: address of db must be an IP address or host-gateway, got "db.example.com"',
    ],
    [
      "a grace that outlasts every release",
      () => ({ stopGraceSeconds: 3601 }),
      "stack/web: stopGraceSeconds: stop grace must be a whole number of seconds from 0 to 3600, got 3601",
    ],
    [
      "a health check in one piece",
      () => ({ health: { command: "curl a" } }),
      "health.command: health.command must be a list",
    ],
  ])("%s", (_, props, message) => expect(() => contain(props)).toThrow(message));

  test("several are told together", () => {
    const all = /volumes\[\/data\]: .*|image: .*/;
    expect(() => contain(() => ({ image: "nginx", volumes: { "/data": "data" } }))).toThrow(all);
    expect(() => contain(() => ({ image: "nginx", volumes: { "/data": "data" } }))).toThrow(
      /image: [^\n]*\n[^\n]*volumes/,
    );
  });
});

test("names of one's own stand in the container's hosts file", () => {
  const extraHosts = { "host.docker.internal": "host-gateway", db: "10.0.0.5", v6: "::1" };
  const [container] = Object.values(contain(() => ({ extraHosts })).resource.docker_container ?? {});
  expect(container).toMatchObject({
    host: [
      { host: "db", ip: "10.0.0.5" },
      { host: "host.docker.internal", ip: "host-gateway" },
      { host: "v6", ip: "::1" },
    ],
  });
});

test("how it runs is said in the provider's words, and what the provider would keep is in the settings' label", () => {
  const options = {
    user: "app",
    workdir: "/srv",
    entrypoint: ["tini", "--", "${x}"],
    init: true,
    ulimits: { nofile: 1024 },
    shmSizeMiB: 128,
    capAdd: ["CHOWN"],
    capDrop: ["all"],
    readOnly: true,
    stopSignal: "SIGINT",
    labels: { team: "a ${b}" },
    memoryReservationMiB: 64,
  };
  const container = (props: object) => {
    const [only] = Object.values(contain(() => props).resource.docker_container ?? {});
    return only as { labels: { label: string; value: string }[] };
  };
  expect(container(options)).toMatchObject({
    user: "app",
    working_dir: "/srv",
    entrypoint: ["tini", "--", "$${x}"],
    init: true,
    ulimit: [{ name: "nofile", soft: 1024, hard: 1024 }],
    shm_size: 128,
    capabilities: { add: ["CAP_CHOWN"], drop: ["ALL"] },
    read_only: true,
    stop_signal: "SIGINT",
    labels: expect.arrayContaining([{ label: "team", value: "a $${b}" }]),
    memory_reservation: 64,
  });
  const settings = (props: object) => container(props).labels.find(({ label }) => label === "dev.slipway.settings");
  for (const name of ["user", "workdir", "entrypoint", "init", "shmSizeMiB", "stopSignal", "memoryReservationMiB"]) {
    expect(settings({ [name]: options[name as keyof typeof options] })).not.toEqual(settings({}));
  }
});

test.each<[object, string]>([
  [{ entrypoint: "tini" }, 'stack/web: entrypoint: entrypoint must be a list of words, got "tini"'],
  [{ capAdd: "CHOWN" }, "stack/web: capAdd: capAdd must be a list of words"],
  [{ labels: { a: 1 } }, "stack/web: labels[a]: must be text, got number"],
  [{ labels: { "slipway.host": "a" } }, "stack/web: labels: label must not begin as Slipway's own do"],
  [{ memoryReservationMiB: 128, memoryMiB: 64 }, "memory reservation must not be above the memory limit, 64 MiB"],
])("%j is refused", (props, message) => expect(() => contain(() => props)).toThrow(message));

describe("what other constructs are handed", () => {
  const registry = (scope: TerraformStack) => new Ghcr(scope, "ghcr", { owner: "octo-org" });
  test.each<[string, (scope: TerraformStack) => unknown, string]>([
    [
      "a registry in place of a repository",
      (s) => new BuiltImage(s, "it", { context: "/nonexistent", repository: registry(s) as never }),
      'stack/it: repository: repository must be a repository of a registry, got an object: name one by registry.repository("app")',
    ],
    [
      "a repository's name",
      (s) => new BuiltImage(s, "it", { context: "/nonexistent", repository: "ghcr.io/octo-org/app" as never }),
      'repository must be a repository of a registry, got "ghcr.io/octo-org/app"',
    ],
    [
      "a platform as text",
      (s) => new PulledImage(s, "it", { image: `a@${DIGEST}`, platform: "linux/arm64" as never }),
      'stack/it: platform: platform must be a Platform, got "linux/arm64": write Platform.LINUX_ARM64',
    ],
    [
      "a base image's name",
      (s) =>
        new BuiltImage(s, "it", {
          context: "/nonexistent",
          repository: registry(s).repository("a"),
          privateBaseImages: ["python:3" as never],
        }),
      'stack/it: privateBaseImages: image must be an image, got "python:3"',
    ],
    [
      "a folder as a registry's storage",
      (s) => new SelfHostedRegistry(s, "it", { port: 5001, storage: "/srv" as never }),
      'stack/it: storage: volume must be a Volume, got "/srv"',
    ],
    [
      "a name and password in place of a login",
      (s) => SelfHostedRegistry.fromAddress(s, "it", { address: "a.example.com", login: { user: "a" } as never }),
      "stack/it: login: login must be a RegistryLogin, got an object: write new RegistryLogin",
    ],
    [
      "a protocol that is none",
      (s) => SelfHostedRegistry.fromAddress(s, "it", { address: "a.example.com", protocol: "https://" as never }),
      'stack/it: protocol: protocol must be http or https, got "https://"',
    ],
    [
      "a Dockerfile's number",
      (s) => new BuiltImage(s, "it", { context: ".", repository: registry(s).repository("a"), dockerfile: 1 as never }),
      "stack/it: dockerfile: dockerfile must be a path in the context, or a Dockerfile, got 1",
    ],
  ])("%s", (_, declare, message) => {
    expect(() => synthesize((scope) => void declare(scope))).toThrow(message);
  });
});
