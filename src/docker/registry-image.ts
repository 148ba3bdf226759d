/** The registry program that runs where no other image is given. @see https://distribution.github.io/distribution/ */
export const DEFAULT_REGISTRY_IMAGE = "registry:2.8.3";
