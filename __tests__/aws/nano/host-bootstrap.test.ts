import { hostBootstrap } from "../../../src/aws/nano/host-bootstrap.ts";
import { stageZero } from "../../../src/aws/nano/stage-zero/stage-zero.ts";

const plain = { host: "stack/host", parameter: "/slipway/stack/host/release" };
const OFF =
  "ModemManager.service fwupd.service fwupd-refresh.service fwupd-refresh.timer motd-news.timer multipathd.service multipathd.socket packagekit.service udisks2.service";
const pathsIn = (text: string) => [...text.matchAll(/^- path: "(.*)"$/gm)].map(([, path]) => path);

test("begins with what is turned off, swap and apt, and ends with the bootstrap and its packages", () => {
  const text = hostBootstrap({ ...plain, swapMiB: 512, packages: ["htop=3.3.0-4", "jq"] });
  expect(text.slice(0, text.indexOf("write_files:"))).toBe(`#cloud-config
bootcmd:
-
  - "cloud-init-per"
  - "instance"
  - "slipway-idle"
  - "sh"
  - "-c"
  - "systemctl mask ${OFF}; systemctl stop --no-block ${OFF} apt-daily.timer apt-daily-upgrade.timer; true"
swap:
  filename: "/swapfile"
  size: "512M"
apt:
  conf: |
    Acquire::Retries "5";
    APT::Install-Recommends "0";
    DPkg::Lock::Timeout "600";
package_update: true
packages:
- "amazon-ecr-credential-helper"
- "apparmor"
- "ca-certificates"
- "curl"
- "docker.io"
- "jq"
- "nginx"
- "htop=3.3.0-4"
`);
  expect(text.slice(text.indexOf("runcmd:"))).toBe(`runcmd:
-
  - "/usr/local/sbin/slipway-agent"
  - "boot"
  - "amazon-ecr-credential-helper"
  - "apparmor"
  - "ca-certificates"
  - "curl"
  - "docker.io"
  - "jq"
  - "nginx"
  - "htop"
`);
});

test("writes stage 0, the units that start it, and the user's own files; neither the agent nor what that brings", () => {
  const text = hostBootstrap({ ...plain, files: [{ path: "/etc/motd", content: "hello\n" }] });
  expect(pathsIn(text)).toEqual([
    "/etc/slipway/host.conf",
    "/usr/local/sbin/slipway-agent",
    "/etc/systemd/system/slipway-converge.service",
    "/etc/systemd/system/slipway-converge.timer",
    "/etc/systemd/system/docker.service.d/slipway-agent.conf",
    "/etc/systemd/system/nginx.service.d/slipway-agent.conf",
    "/etc/systemd/system/apt-daily.service.d/slipway-agent.conf",
    "/etc/systemd/system/apt-daily-upgrade.service.d/slipway-agent.conf",
    "/etc/motd",
  ]);
  for (const line of stageZero().split("\n").filter(Boolean)) expect(text).toContain(`\n    ${line}\n`);
  expect(text).toContain("    HOST=stack/host\n    PARAMETER=/slipway/stack/host/release\n    MARKER_PORT=8100\n");
});

test("is less than 14,000 bytes, so that EC2 takes it as it is and the console shows it", () => {
  const longest = {
    host: `${"s".repeat(60)}/${"h".repeat(60)}`,
    parameter: `/slipway/${"s".repeat(60)}/${"h".repeat(60)}/release`,
  };
  expect(Buffer.byteLength(hostBootstrap(longest))).toBeLessThan(14_000);
});

test.each([
  ["a host name that a shell would take apart", { host: "a;b" }, "host name must be a plain path"],
  ["a host name with a line break", { host: "a\nb" }, "host name must be a plain path"],
  ["a parameter without a path", { parameter: "release" }, "parameter name must be an absolute path"],
  ["too little swap", { swapMiB: 64 }, "swap must be from 128 to 16384 MiB, got 64"],
  ["half a mebibyte", { swapMiB: 512.5 }, "swap must be from 128 to 16384 MiB"],
  [
    "a file of the host's own",
    { files: [{ path: "/usr/local/sbin/slipway-agent", content: "" }] },
    "file path must be free",
  ],
  [
    "a file that the agent brings",
    { files: [{ path: "/etc/nginx/nginx.conf", content: "" }] },
    "file path must be free",
  ],
])("refuses %s", (_, options, message) => {
  expect(() => hostBootstrap({ ...plain, ...options })).toThrow(message);
});
