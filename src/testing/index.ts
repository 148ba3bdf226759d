/// <reference types="node" preserve="true" />
/** What tests of one's own stacks call, by any runner; the matchers are added by `expect.extend(slipwayMatchers)`. */

export type { CertificateState } from "../nginx/nginx-texts.ts";
export type {
  Model,
  ModelContainer,
  ModelHost,
  ModelImage,
  ModelPort,
  ModelRelease,
  ModelService,
  ModelSite,
  ModelStatement,
} from "../review/model.ts";
export type { Finding } from "../terraform/stack-description.ts";
export type { DeclaredStack, StackClass, TrialSynthOptions } from "../terraform/trial-synth.ts";
export { type Reached, type ServiceName, type SlipwayMatchers, slipwayMatchers, type Verdict } from "./matchers.ts";
export type { RoutedRequest, RouteOptions } from "./routed-request.ts";
export { synthesize } from "./synthesize.ts";
export type { SynthesizedResource } from "./synthesized-resource.ts";
export { type HostName, SynthesizedStack } from "./synthesized-stack.ts";
