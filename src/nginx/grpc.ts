import { Directive } from "./directive.ts";

/**
 * What holds for requests to services that speak gRPC, for which nothing of what is said to others counts. Why no
 * `Connection` and `Upgrade`: HTTP/2 has neither.
 */
export function grpcSettings(
  headers: readonly (readonly [name: string, value: string])[],
  isReplicated = false,
): Directive[] {
  return [
    Directive.of("grpc_buffer_size", "16k"),
    Directive.of("grpc_connect_timeout", isReplicated ? "1s" : "5s"),
    Directive.of("grpc_next_upstream", isReplicated ? "error timeout" : "error"),
    ...(isReplicated ? [Directive.of("grpc_next_upstream_timeout", "3s")] : []),
    ...headers
      .filter(([name]) => name !== "Connection" && name !== "Upgrade")
      .map(([name, value]) => Directive.of("grpc_set_header", name, value)),
  ];
}
