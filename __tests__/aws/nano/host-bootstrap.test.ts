import { hostAgentFiles } from "../../../src/aws/nano/agent-files.ts";
import { hostBootstrap } from "../../../src/aws/nano/host-bootstrap.ts";
import { USER_DATA_LIMIT, userData } from "../../../src/aws/nano/user-data.ts";

const plain = { host: "stack/host", parameter: "/slipway/stack/host/release" };
const pathsIn = (text: string) => [...text.matchAll(/^- path: "(.*)"$/gm)].map(([, path]) => path);

test("begins with swap and apt, and ends with the bootstrap and its packages", () => {
  const text = hostBootstrap({ ...plain, swapMiB: 512, packages: ["htop=3.3.0-4", "jq"] });
  expect(text.slice(0, text.indexOf("write_files:"))).toBe(`#cloud-config
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
  - "/usr/local/lib/slipway/bootstrap"
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

test("writes the host's files, the agent's and the user's own", () => {
  const text = hostBootstrap({ ...plain, files: [{ path: "/etc/motd", content: "hello\n" }] });
  const agent = hostAgentFiles().map(({ path }) => path);
  expect(agent).toContain("/usr/local/sbin/slipway");
  expect(agent).toContain("/usr/local/lib/slipway/manifest.jq");
  expect(pathsIn(text)).toEqual([
    "/etc/slipway/host.conf",
    "/etc/docker/daemon.json",
    "/etc/nginx/nginx.conf",
    "/var/lib/slipway/generations/0/sites.conf",
    "/var/lib/slipway/generations/0/release.conf",
    "/var/lib/slipway/generations/0/release",
    "/var/lib/slipway/generations/0/serving",
    "/var/lib/slipway/generations/0/slots",
    "/etc/systemd/system/slipway-converge.service",
    "/etc/systemd/system/slipway-converge.timer",
    "/etc/systemd/system/nginx.service.d/slipway.conf",
    ...agent,
    "/etc/motd",
  ]);
  expect(text).toContain("    HOST=stack/host\n    PARAMETER=/slipway/stack/host/release\n    MARKER_PORT=8100\n");
});

test("fits into user data, with room for files of the user's own", () => {
  const { bytes, gzipped } = userData(hostBootstrap(plain));
  expect(gzipped).toBe(true);
  expect(bytes).toBeLessThan(USER_DATA_LIMIT - 1024);
});

test.each([
  ["a host name that a shell would take apart", { host: "a;b" }, "host name must be a plain path"],
  ["a host name with a line break", { host: "a\nb" }, "host name must be a plain path"],
  ["a parameter without a path", { parameter: "release" }, "parameter name must be an absolute path"],
  ["too little swap", { swapMiB: 64 }, "swap must be from 128 to 16384 MiB, got 64"],
  ["half a mebibyte", { swapMiB: 512.5 }, "swap must be from 128 to 16384 MiB"],
  ["a file of the host's own", { files: [{ path: "/usr/local/sbin/slipway", content: "" }] }, "file path must be free"],
])("refuses %s", (_, options, message) => {
  expect(() => hostBootstrap({ ...plain, ...options })).toThrow(message);
});
