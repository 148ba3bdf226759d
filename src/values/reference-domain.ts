/** Docker Hub as references spell it; its registry answers elsewhere. */
export const DOCKER_HUB = "docker.io";
/** Where Docker Hub keeps the official images. */
export const OFFICIAL_PREFIX = "library/";

const LEGACY_DOCKER_HUB = "index.docker.io";

/**
 * Go's lower case, code point by code point. Why not `toLowerCase` alone: JavaScript makes two code points of "İ",
 * Go makes "i", and what a lower-cased text matches decides between two error codes.
 */
export function lowerCase(text: string): string {
  return text.replaceAll("İ", "i").toLowerCase();
}

export function hasUpperCase(text: string): boolean {
  return lowerCase(text) !== text;
}

/**
 * Splits a reference at the slash after its domain and fills in what Docker implies: docker.io where the first
 * element is no domain, `library/` where Docker Hub's name has one element.
 */
export function splitDomain(text: string): { domain: string; remainder: string } {
  const slash = text.indexOf("/");
  if (slash < 0) return { domain: DOCKER_HUB, remainder: OFFICIAL_PREFIX + text };

  const first = text.slice(0, slash);
  const rest = text.slice(slash + 1);
  const isDockerHub = first === DOCKER_HUB || first === LEGACY_DOCKER_HUB;
  if (!isDockerHub && looksLikeDomain(first)) return { domain: first, remainder: rest };

  const remainder = isDockerHub ? rest : text;
  return { domain: DOCKER_HUB, remainder: remainder.includes("/") ? remainder : OFFICIAL_PREFIX + remainder };
}

/** Whether Docker reads the first element of a name as a registry's address and not as a namespace on Docker Hub. */
export function looksLikeDomain(element: string): boolean {
  return element === "localhost" || /[.:]/.test(element) || hasUpperCase(element);
}
