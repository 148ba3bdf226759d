// @ts-check

/**
 * The proxy that the environment names for a URL, by the names and the exceptions that curl and Go understand. Why it is
 * written here: undici's own reading spares no subdomains and no loopback, and knows no ALL_PROXY.
 *
 * @param {URL} url
 * @param {NodeJS.ProcessEnv} env
 * @returns {URL | undefined}
 */
export function proxyFor(url, env) {
  const own = url.protocol === "http:" ? env.http_proxy || env.HTTP_PROXY : env.https_proxy || env.HTTPS_PROXY;
  const proxy = own || env.all_proxy || env.ALL_PROXY;
  if (!proxy || /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)) return undefined;
  const spared = (env.no_proxy || env.NO_PROXY || "").split(",").map((name) => name.trim().replace(/^\*?\./, ""));
  const isSpared = spared.some(
    (name) => name === "*" || (name !== "" && (url.hostname === name || url.hostname.endsWith(`.${name}`))),
  );
  return isSpared ? undefined : new URL(proxy.includes("://") ? proxy : `http://${proxy}`);
}
