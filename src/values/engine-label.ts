/** The stack that owns a container, network, volume or image on an engine; `slipway down` cleans up by it. */
export const STACK_LABEL = "dev.slipway.stack";
/** The construct that declared it, for a person who looks at the engine. */
export const CONSTRUCT_LABEL = "dev.slipway.construct";
/** The content id that an image was built from, by which a registry's image is known to be ours. */
export const CONTENT_LABEL = "dev.slipway.content";

/** The name of a volume that outlives its stack, which has no {@link STACK_LABEL}: what cleans up by that must not find it. */
export const VOLUME_LABEL = "dev.slipway.volume";
/** The path of the host that such a volume is of. */
export const VOLUME_HOST_LABEL = "dev.slipway.volume.host";
/** The stack of that host. */
export const VOLUME_STACK_LABEL = "dev.slipway.volume.stack";

/**
 * By which a swarm's service is known to be what is declared, and not what it was before; `swarm.sh` has the same word. Why
 * not of its tasks: the provider removes a service before it makes it with other labels of those.
 */
export const SWARM_SPEC_LABEL = "dev.slipway.swarm.spec";
