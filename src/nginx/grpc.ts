import { Directive } from "./directive.ts";
import { nextAddress } from "./next-address.ts";

/**
 * What holds for requests to services that speak gRPC, for which nothing of what is said to others counts. Why no
 * `Connection` and `Upgrade`: HTTP/2 has neither.
 */
export function grpcSettings(
  headers: readonly (readonly [name: string, value: string])[],
  isReplicated?: boolean,
): Directive[] {
  const { connectTimeout, nextUpstream, timeout } = nextAddress(isReplicated);
  return [
    Directive.of("grpc_buffer_size", "16k"),
    Directive.of("grpc_connect_timeout", connectTimeout),
    Directive.of("grpc_next_upstream", nextUpstream),
    ...(timeout === undefined ? [] : [Directive.of("grpc_next_upstream_timeout", timeout)]),
    ...headers
      .filter(([name]) => name !== "Connection" && name !== "Upgrade")
      .map(([name, value]) => Directive.of("grpc_set_header", name, value)),
  ];
}
