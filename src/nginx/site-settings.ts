import type { SiteSettings } from "../release/site-options.ts";
import { Answer } from "./answer.ts";
import { Directive } from "./directive.ts";

/** Room for large cookies; of both kinds of buffers, Nginx takes what a request needs. */
const COOKIE_BUFFERS = [
  Directive.of("large_client_header_buffers", 4, "32k"),
  Directive.of("proxy_buffer_size", "64k"),
  Directive.of("proxy_buffers", 16, "16k"),
];

/** The options that hold for a whole server alone. */
export function serverSettings(options: SiteSettings): Directive[] {
  return [
    ...(options.underscoresInHeaders ? [Directive.of("underscores_in_headers", "on")] : []),
    ...(options.cookieBuffers ? COOKIE_BUFFERS : []),
  ];
}

/** A site's pages for Nginx's own errors: the settings of its server, and the locations. */
export function errorPages({ errorPages: pages = {} }: SiteSettings): {
  settings: Directive[];
  locations: Directive[];
} {
  const made = Object.entries(pages)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([status, page]) => Answer.errorPage(Number(status), page as string));
  return { settings: made.map(({ setting }) => setting), locations: made.map(({ location }) => location) };
}
