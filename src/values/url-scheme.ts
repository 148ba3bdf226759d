/** The scheme that a URL begins with, its slashes included, e.g. `https://`; empty where there is none. */
export function urlScheme(text: string): string {
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.exec(text)?.[0] ?? "";
}
