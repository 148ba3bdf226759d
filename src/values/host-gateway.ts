/**
 * How a container calls the machine that runs it.
 *
 * @see https://docs.docker.com/reference/cli/docker/container/run/#add-host
 */
export const HOST_GATEWAY = "host.docker.internal";

/** Whether `host:port` is on the machine that runs the container which asks. */
export function isHostGateway(address: string): boolean {
  return address.replace(/:\d+$/, "") === HOST_GATEWAY;
}
