import { Directive } from "../../src/nginx/directive.ts";
import {
  forwardedHeader,
  headersOfFront,
  headersOfNeighbours,
  headersOfVisitors,
} from "../../src/nginx/forwarded-header.ts";

const visitors = new Map(headersOfVisitors(8888));

test.each([
  ...["X-Forwarded-Ssl", "X-Forwarded-Scheme", "X-Forwarded-Protocol", "X-Url-Scheme", "X-Scheme", "Front-End-Https"],
  ...["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Script-Name", "X-Host", "X-Original-Host"],
  ...["Forwarded", "Client-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP"],
  ...["Proxy", "X-Sendfile-Type", "X-Accel-Mapping"],
])("a visitor's %s is emptied", (name) => {
  expect(visitors.get(name)).toBe("");
});

test("what applications themselves send from browsers is left alone", () => {
  for (const name of ["X-HTTP-Method-Override", "Authorization", "Cookie", "X-CSRF-Token"]) {
    expect(visitors.has(name)).toBe(false);
  }
});

test("every header is set once, to what the grammar takes", () => {
  for (const headers of [
    headersOfVisitors(80),
    headersOfVisitors(8888),
    headersOfNeighbours(30_000),
    headersOfFront(),
  ]) {
    const names = headers.map(([name]) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    for (const [name, value] of headers) expect(() => forwardedHeader(name, value)).not.toThrow();
  }
});

test.each([
  ["X-Forwarded-For", "$http_x_forwarded_for"],
  ["X-Real-IP", "$http_x_real_ip"],
  ["X-Request-ID", "$http_x_request_id"],
  ["Host", "$http_host"],
  ["Host", "$passed_host"],
  ["Forwarded", "$http_forwarded"],
  ["X-Forwarded-Port", "0"],
  ["X-Unknown", ""],
])("refuses %s: %s", (name, value) => {
  expect(() => forwardedHeader(name, value)).toThrow("must be one of the forwarded ones with its own value");
});

test("a variable passes a header on where there is one", () => {
  expect(Directive.passedHeader("$passed_host").print()).toBe(
    'map $http_x_forwarded_host $passed_host {\n    default $http_x_forwarded_host;\n    "" $host:$server_port;\n}\n',
  );
  expect(() => Directive.passedHeader("$passed_cookie" as "$passed_host")).toThrow("must be one that passes a header");
});
