import * as aws from "../../src/aws/index.ts";
import * as slipway from "../../src/index.ts";
import * as testing from "../../src/testing/index.ts";

/** What a user can name. A name that goes or changes is a breaking change and enters the changelog. */
const EXPORTS = [
  "Backend",
  "BuildCache",
  "BuildContext",
  "BuiltImage",
  "ConstructError",
  "Container",
  "DockerEngine",
  "DockerHub",
  "DockerIgnore",
  "Dockerfile",
  "DockerfileError",
  "Environment",
  "Ghcr",
  "GitLabRegistry",
  "HealthCheck",
  "ImageReference",
  "ImageReferenceError",
  "InvalidValueError",
  "LocalHost",
  "Mount",
  "Network",
  "Platform",
  "PortMapping",
  "PromotableRelease",
  "PromotedImage",
  "PulledImage",
  "RegistryLogin",
  "RemoteContext",
  "Secret",
  "SelfHostedRegistry",
  "SemanticVersion",
  "ServerName",
  "Signing",
  "SshHost",
  "SwarmHost",
  "Tls",
  "TrustedProxies",
  "Volume",
  "useLocalBackend",
];

test("the entry point exports these names and no other", () => {
  expect(Object.keys(slipway).sort()).toEqual([...EXPORTS].sort());
});

test("the entry point for Amazon's cloud exports these names and no other", () => {
  expect(Object.keys(aws).sort()).toEqual([
    "AwsAccount",
    "EcrRegistry",
    "EcrRepository",
    "MachineImage",
    "NanoFleet",
    "NanoHost",
    "PromotableReleaseParameter",
    "Secret",
    "useS3Backend",
  ]);
});

test("the entry point for tests exports these names and no other", () => {
  expect(Object.keys(testing).sort()).toEqual(["SynthesizedStack", "slipwayMatchers", "synthesize"]);
});
