import { IpRange } from "../values/ip-range.ts";
import { frontAddress, path } from "./argument.ts";
import { Directive } from "./directive.ts";
import { quote } from "./quote.ts";
import { type PathRest, restVariable } from "./request-target.ts";

/** Directives that make a variable of ours from what Nginx knows of a request. */
export class Variable extends Directive {
  /**
   * The variable of {@link restVariable}. Why slashes and backslashes become one slash: a browser reads what begins with
   * two as another host.
   */
  static restOfPath(rest: PathRest): Directive {
    const pattern = quote(`~^${asPattern(rest.of)}[/\\\\]+(.*)`);
    const entry = new Variable(pattern, [rest.begins === "slash" ? "/$1" : "$1"], ["map"]);
    const entries = [Directive.entry("default", ""), entry];
    return new Variable("map", ["$request_uri", `$${restVariable(rest)}`], ["http"], entries);
  }

  /** `$is_proxied`, which is 1 where a request came from one of `ranges`, whoever it was made for. */
  static isProxied(ranges: readonly string[]): Directive {
    const entries = ranges.map((range) => new Variable(`${IpRange.parse(range)}`, ["1"], ["map"]));
    const words = ["$realip_remote_addr", "$is_proxied"];
    return new Variable("geo", words, ["http"], [Directive.entry("default", "0"), ...entries]);
  }

  /** `$is_front`, which is 1 where a request came from one of `addresses`, whoever it was made for. */
  static isFront(addresses: readonly string[]): Directive {
    const entries = [...new Set(addresses.map(frontAddress))].sort().map((each) => new Variable(each, ["1"], ["map"]));
    const words = ["$realip_remote_addr", "$is_front"];
    return new Variable("geo", words, ["http"], [Directive.entry("default", "0"), ...entries]);
  }

  /** Gives no answer to whoever {@link isFront} does not know. Why asked of that: the list of `allow` sees the visitor. */
  static onlyFronts(): Directive {
    return new Variable("if", ["($is_front = 0)"], ["server"], [Directive.of("return", "444")]);
  }

  /** `$visitor_proto`: how the visitor came, as a trusted proxy says, else as Nginx itself knows. */
  static visitorProto(): Directive {
    const said = ["http", "https"].map((scheme) => new Variable(`1${scheme}`, [scheme], ["map"]));
    const entries = [new Variable("default", ["$scheme"], ["map"]), ...said];
    return new Variable("map", ["$is_proxied$http_x_forwarded_proto", "$visitor_proto"], ["http"], entries);
  }
}

/** A path in a regular expression, as itself. */
export function asPattern(text: string): string {
  return path(text).replace(/[.+()]/g, "[$&]");
}
