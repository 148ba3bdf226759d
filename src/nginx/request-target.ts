import { createHash } from "node:crypto";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { oneOf, path, upstreamName } from "./argument.ts";

/** Where requests go: a name of ours, never what a request says; without a path, so that the URI passes as it came. */
export interface UpstreamUrl {
  readonly upstream: string;
  /** Whether the name is a variable's, looked up at each request, or an upstream block's. */
  readonly isVariable: boolean;
  /** Whether it speaks gRPC. @default false */
  readonly grpc?: boolean;
  /** What of the request's path and query passes. @default - all of it, as it came */
  readonly rest?: "query" | PathRest;
}

/** What stands behind a path in a request, its query included, as the visitor wrote it. */
export interface PathRest {
  readonly of: string;
  /** Whether the slash between is part of it. */
  readonly begins: "slash" | "after-slash";
}

export function upstreamUrl({ upstream, isVariable, grpc, rest }: UpstreamUrl): string {
  const name = `${grpc ? "grpc" : "http"}://${isVariable ? "$" : ""}${upstreamName(upstream)}`;
  if (rest === undefined) return name;
  return rest === "query" ? `${name}/$is_args$args` : `${name}$${restVariable(rest)}`;
}

/** The variable of a {@link PathRest}; empty where the visitor spelled the path itself otherwise. */
export function restVariable({ of, begins }: PathRest): string {
  const digest = createHash("sha256").update(path(of)).digest("hex");
  return `${begins === "slash" ? "below" : "rest"}_${digest.slice(0, 8)}`;
}

/** Where a redirect leads; of the request come at most its scheme and its rest, as it came. */
export interface RedirectUrl {
  /** A URL or a path; empty where the request's own path is all. */
  readonly to: string;
  /** @default - what `to` says */
  readonly scheme?: "$scheme" | "$visitor_proto";
  /** @default - nothing */
  readonly rest?: "request" | "query" | PathRest;
}

export function redirectUrl({ to, scheme, rest }: RedirectUrl): string {
  const isUrl = scheme === undefined ? /^(?:https?:\/\/[^/]|\/(?!\/)|$)/ : /^:\/\/[^/]/;
  if (!isUrl.test(to) || /[\s"\\{}$]/.test(to)) {
    throw new InvalidValueError({ subject: "redirect", rule: "must be a path or a URL", got: to });
  }
  const words = { request: "$request_uri", query: "$is_args$args" };
  const behind = rest === undefined ? "" : typeof rest === "string" ? words[rest] : `$${restVariable(rest)}`;
  const text = `${scheme === undefined ? "" : oneOf("$scheme", "$visitor_proto")(scheme)}${to}${behind}`;
  return /[;#']/.test(text) ? `"${text}"` : text;
}
