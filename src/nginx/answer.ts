import { allowed } from "../release/proxy-options.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { oneOf, path } from "./argument.ts";
import { Directive } from "./directive.ts";
import { quote } from "./quote.ts";
import { type RedirectUrl, redirectUrl } from "./request-target.ts";
import { asPattern } from "./variable.ts";

const STATUSES = oneOf("403", "404", "413", "429", "502", "503", "504");

/** Directives by which Nginx itself answers or refuses a request, or changes what of it a service gets. */
export class Answer extends Directive {
  /** Sends the visitor elsewhere. @param status of a redirect */
  static redirect(status: number, url: RedirectUrl): Directive {
    const word = oneOf("301", "302", "303", "307", "308")(`${status}` as "301");
    return new Answer("return", [word, redirectUrl(url)], ["server", "location"]);
  }

  /** Answers `page`, which is HTML. */
  static page(status: number, page: string): Directive[] {
    return [
      Directive.of("default_type", "text/html"),
      Directive.of("charset", "utf-8"),
      new Answer("return", [STATUSES(`${status}` as "403"), quote(page, "page")], ["location"]),
    ];
  }

  /** Answers `page` for Nginx's own errors of `status`: what stands in the server, and the location of the page. */
  static errorPage(status: number, page: string): { setting: Directive; location: Directive } {
    const name = `@error_${STATUSES(`${status}` as "403")}`;
    return {
      setting: new Answer("error_page", [`${status}`, name], ["server"]),
      location: new Answer("location", [name], ["server"], Answer.page(status, page)),
    };
  }

  /** Lets in visitors from `ranges` and nobody else. Why one maker: a list without its end would let everybody in. */
  static onlyFrom(ranges: readonly string[]): Directive[] {
    const within = ["server", "location"] as const;
    const allow = allowed(ranges).map((range) => new Answer("allow", [`${range}`], within));
    return [...allow, new Answer("deny", ["all"], within)];
  }

  /** Lets everybody in, where around it stands who alone is let in. */
  static fromAnybody(): Directive {
    return new Answer("allow", ["all"], ["location"]);
  }

  /** Answers every path but those below `except` by the location `to`, as long as the file is there. */
  static whileThere(file: string, except: string, to: string): Directive {
    if (!/^[A-Za-z0-9._/-]+$/.test(file))
      throw new InvalidValueError({ subject: "file", rule: "must be plain", got: file });
    const rewrite = new Answer("rewrite", [`^(?!${asPattern(path(except))})`, path(to), "last"], ["server"]);
    return new Answer("if", ["(-f", `${file})`], ["server"], [rewrite]);
  }

  /** Answers nobody who asks for the location itself. */
  static onlyRewritten(): Directive {
    return new Answer("internal", [], ["location"]);
  }

  /** Takes `prefix` away from the path that a service gets, in Nginx's own spelling: where its rest as written is not known. */
  static strip(prefix: string): Directive {
    return new Answer("rewrite", [`(?s)^${asPattern(path(prefix))}/*(.*)`, "/$1", "break"], ["location"]);
  }
}
