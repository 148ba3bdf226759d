/** When a request may be sent to another address of a service; `proxy_` and `grpc_` have the same words for it. */
export interface NextAddress {
  readonly connectTimeout: string;
  readonly nextUpstream: "error" | "error timeout";
  /** Until when after its start; as long as it takes where it is not said. */
  readonly timeout?: string;
}

/**
 * Of a service on one machine, and of one on several. Why only `error`: it covers an idle connection that the service closed; a
 * request that timed out may have been done, and one that is not idempotent is never sent twice. Of several machines one may
 * be lost, which is met as silence: there a connection that does not come about within a second is tried at another. Read
 * timeouts are longer than the three seconds, so that what is sent again is what found no connection.
 */
export function nextAddress(isReplicated = false): NextAddress {
  return isReplicated
    ? { connectTimeout: "1s", nextUpstream: "error timeout", timeout: "3s" }
    : { connectTimeout: "5s", nextUpstream: "error" };
}
