import { InvalidValueError } from "./invalid-value-error.ts";
import { ServerName } from "./server-name.ts";
import { urlScheme } from "./url-scheme.ts";

// what stands in a URL as it is (RFC 3986), without "$", which Nginx reads as a variable
const REST = /^(?:[A-Za-z0-9\-._~:/?#[\]@!&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
const URL = /^(https?:\/\/)([^/?#:]*)(?::(\d{1,5}))?([/?#].*)?$/s;
const SHAPE = 'write it like "/new" or "https://new.example.com"';

/** Where a redirect leads: to a path of the same name, or to a URL. */
export class RedirectTarget {
  /** @throws InvalidValueError for what is neither */
  static parse(text: string): RedirectTarget {
    const refuse = (rule: string, remedy = SHAPE, got = text): never => {
      throw new InvalidValueError({ subject: "redirect", rule, got, remedy });
    };
    if (typeof text !== "string" || text === "") return refuse("must be a path or a URL");
    if (text.includes("@") && urlScheme(text) !== "") return refuse("must not name a user", SHAPE);
    const isPath = text.startsWith("/");
    if (isPath && /^\/[/\\]/.test(text)) return refuse('must not begin with "//", which browsers read as another host');
    const [, origin = "", name = "", port, rest = ""] = isPath ? ["", "", "", undefined, text] : (URL.exec(text) ?? []);
    if (!isPath && origin === "") {
      const isName = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/.*)?$/i.test(text);
      return refuse("must be a path or an http or https URL", isName ? `use "https://${text}"` : SHAPE);
    }
    if (!REST.test(rest)) return refuse("must be percent-encoded, and hold no variable", SHAPE);
    if (isPath) return new RedirectTarget("", undefined, rest);
    const parsed = ServerName.parse(name);
    if (parsed.isWildcard) return refuse("must lead to one name");
    if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return refuse("must have a port to 65535");
    return new RedirectTarget(`${origin}${parsed}${port === undefined ? "" : `:${port}`}`, `${parsed}`, rest);
  }

  private constructor(
    /** Scheme, name and port; empty for a path. */
    readonly origin: string,
    /** The server name; none for a path. */
    readonly name: string | undefined,
    private readonly rest: string,
  ) {}

  /** The path without a slash at its end, as written. */
  get path(): string {
    return this.rest.replace(/[?#].*$/s, "").replace(/\/+$/, "");
  }

  /** Whether what stands behind the redirected path comes along, and the query: where the target has none of its own. */
  get keepsRest(): boolean {
    return !/[?#]/.test(this.rest);
  }

  toString(): string {
    return `${this.origin}${this.rest === "" ? "/" : this.rest}`;
  }
}
