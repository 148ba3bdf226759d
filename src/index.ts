/// <reference types="node" preserve="true" />
/** Slipway: from a directory to a served name. What Amazon's cloud needs stands apart, in `slipway/aws`. */
import "./terraform/source-maps-off.ts";

export { BuildContext } from "./context/build-context.ts";
export { DockerIgnore } from "./context/docker-ignore.ts";
export { BuiltImage } from "./docker/built-image.ts";
export type { BuildCaches, BuildSsh, BuiltImageProps } from "./docker/built-image-props.ts";
export { Container, type ContainerProps } from "./docker/container.ts";
export type { ContainerHealth } from "./docker/container-health.ts";
export type { ContainerMount, MountsByPath } from "./docker/container-mounts.ts";
export { DockerEngine, type DockerEngineProps } from "./docker/docker-engine.ts";
export {
  DockerHub,
  type DockerHubProps,
  type ExistingRegistryProps,
  Ghcr,
  type GhcrProps,
  GitLabRegistry,
  type GitLabRegistryProps,
} from "./docker/hosted-registry.ts";
export type { IImage } from "./docker/image.ts";
export type { BuildSecret } from "./docker/image-dockerfile.ts";
export { type INetwork, Network, type NetworkProps } from "./docker/network.ts";
export { PromotedImage, type PromotedImageOptions } from "./docker/promoted-image.ts";
export type { PullAccess } from "./docker/pull-access.ts";
export type { PullLogin } from "./docker/pull-login.ts";
export { PulledImage, type PulledImageProps } from "./docker/pulled-image.ts";
export type { IRegistry, IRepository } from "./docker/registry.ts";
export { RegistryLogin, type RegistryLoginProps } from "./docker/registry-login.ts";
export type { RegistryTls } from "./docker/registry-secrets.ts";
export { SelfHostedRegistry, type SelfHostedRegistryProps } from "./docker/self-hosted-registry.ts";
export { type IVolume, Volume } from "./docker/volume.ts";
export { Dockerfile } from "./dockerfile/dockerfile.ts";
export { DockerfileError } from "./dockerfile/dockerfile-error.ts";
export type { LintOptions } from "./dockerfile/lint/lint.ts";
export { Backend } from "./hosts/backend.ts";
export type {
  IBackend,
  IHost,
  ISchedule,
  ISecret,
  IService,
  ISite,
  ITask,
  RouteTo,
  RunContainer,
  RunOptions,
  RunScheduleOptions,
  RunTaskOptions,
  SiteRoute,
} from "./hosts/host.ts";
export { LocalHost } from "./hosts/local/local-host.ts";
export type { LocalHostProps } from "./hosts/local/local-host-props.ts";
export { PromotableRelease, type PromotableReleaseProps } from "./hosts/promotable-release.ts";
export { type DeployerSecretOptions, Secret } from "./hosts/secret.ts";
export { SshHost } from "./hosts/ssh/ssh-host.ts";
export type { SshHostProps } from "./hosts/ssh/ssh-host-props.ts";
export { SwarmHost, type SwarmRunOptions } from "./hosts/swarm/swarm-host.ts";
export type { SwarmHostProps } from "./hosts/swarm/swarm-host-props.ts";
export type { ErrorPages } from "./release/error-page.ts";
export type { Hsts } from "./release/hsts.ts";
export type { Mounts } from "./release/mounts.ts";
export type { RateLimit } from "./release/rate-limit.ts";
export type { Redirect } from "./release/redirect.ts";
export type { SiteOptions } from "./release/site-options.ts";
export { type AcmeOptions, type ExternalAccount, Tls } from "./release/tls.ts";
export { TrustedProxies } from "./release/trusted-proxies.ts";
export { ConstructError } from "./terraform/construct-error.ts";
export type { TerraformDependency } from "./terraform/dependency.ts";
export { Environment, type EnvironmentProps, type PreviewOptions } from "./terraform/environment.ts";
export { useLocalBackend } from "./terraform/local-backend.ts";
export { BuildCache, type BuildCacheOptions } from "./values/build-cache.ts";
export { HealthCheck } from "./values/health-check.ts";
export { ImageReference, ImageReferenceError } from "./values/image-reference.ts";
export { InvalidValueError } from "./values/invalid-value-error.ts";
export { type HostPathOptions, Mount, type TmpfsOptions, type VolumeMountOptions } from "./values/mount.ts";
export { Platform } from "./values/platform.ts";
export { PortMapping } from "./values/port-mapping.ts";
export {
  type ArchiveContextOptions,
  type GitContextOptions,
  RemoteContext,
  type RemoteToken,
} from "./values/remote-context.ts";
export type { KeptSecret } from "./values/secret-source.ts";
export { SemanticVersion } from "./values/semantic-version.ts";
export { ServerName } from "./values/server-name.ts";
export { Signing, type SigningKeyOptions } from "./values/signing.ts";

import "./terraform/source-maps-on.ts";
