/** The directory of Let's Encrypt, by which an ACME client finds it. */
export const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";

/** Its server for trying, whose certificates no browser trusts. */
export const LETS_ENCRYPT_STAGING = "https://acme-staging-v02.api.letsencrypt.org/directory";

/**
 * How many certificates it gives within seven days, renewals apart: for the same names, and for all names of one domain.
 *
 * @see https://letsencrypt.org/docs/rate-limits/
 */
export const CERTIFICATES_A_WEEK = { ofSameNames: 5, ofDomain: 50 } as const;
