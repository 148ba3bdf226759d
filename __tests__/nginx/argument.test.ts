import {
  backendAddress,
  count,
  file,
  headerName,
  headerValue,
  listenAddress,
  path,
  resolverAddress,
  size,
  sizeInBytes,
  time,
} from "../../src/nginx/argument.ts";

type Case = [kind: (value: never) => string, good: unknown[], bad: [unknown, string][]];

const cases: Record<string, Case> = {
  size: [
    size,
    ["0", "1", "10k", "10M", "1g", "9223372036854775807"],
    [
      ["1.5m", "must be a whole number, with k, m or g for multiples of 1024"],
      ["-1", 'write it like "10m"'],
      ["10mb", "must be a whole number"],
      ["9223372036854775808", "must be a whole number"],
      ["8589934592g", "must be a whole number"],
      ["", "must be a whole number"],
    ],
  ],
  time: [
    time,
    ["0", "60", "60s", "1m", "1h30m", "500ms", "1d", "1w2d3h4m5s6ms", "9223372036854775s"],
    [
      ["1M", "must be whole numbers with w, d, h, m, s or ms"],
      ["1s1m", 'write it like "60s"'],
      ["1.5s", "must be whole numbers"],
      ["", "must be whole numbers"],
      ["60 s", "must be whole numbers"],
      ["9223372036854776s", "must be whole numbers"],
    ],
  ],
  count: [
    count,
    [1, 1024],
    [
      [0, "must be a whole number from 1"],
      [1.5, "must be a whole number from 1"],
    ],
  ],
  "listen address": [
    listenAddress,
    [80, "80", "65535", "127.0.0.1:8100", "[::1]:80"],
    [
      [0, "must be a whole number from 1 to 65535"],
      ["65536", "must be a whole number from 1 to 65535"],
      ["localhost:80", "must be a port, or an IP address and a port"],
      ["256.1.1.1:80", 'write it like "127.0.0.1:8100"'],
      ["::1:80", "must be a port, or an IP address and a port"],
      ["80 default_server", "must be a port, or an IP address and a port"],
    ],
  ],
  "backend address": [
    backendAddress,
    ["127.0.0.1:8080", "catalog-1a2b:3000", "legacy.example.com:80", "[fd00::1]:80"],
    [
      ["catalog", "must be a host and a port"],
      ["http://catalog:80", "must be a host and a port"],
      ["a b:80", 'write it like "10.0.0.5:8080"'],
      ["$host:80", "must be a host and a port"],
      ["10.0.0:80", "must be a host and a port"],
      ["user@host:80", "must be a host and a port"],
      ["catalog:0", "must be a whole number from 1 to 65535"],
    ],
  ],
  "route path": [
    path,
    ["/", "/api", "/api/", "/api/v1.2/users", "/~someone", "/a+b", "/.well-known/x"],
    [
      ["", 'must begin with "/"'],
      ["api", 'use "/api"'],
      ["/api/*", "a route takes everything below its path"],
      ["/a b", "must be made of letters, digits"],
      ["/a?b=c", "must not hold a query or a fragment"],
      ["/a%20b", "nginx compares decoded paths"],
      ["//a", "nginx merges slashes"],
      ["/a/../b", "nginx resolves them"],
      ["/a/.", "nginx resolves them"],
      ["/a;b", "it is no regular expression"],
      ["/a{2}$", "it is no regular expression"],
      ['/a"b', "it is no regular expression"],
      ["~ ^/a", 'must begin with "/"'],
      ["/a\n", "it is no regular expression"],
    ],
  ],
  file: [
    file,
    ["/dev/stdout", "/etc/nginx/slipway/*.conf", "/etc/nginx/slipway/upstreams/front-end.conf"],
    [
      ["relative", "must be an absolute path"],
      ["/etc/../secret", "must be an absolute path"],
      ["/a b", "must be an absolute path"],
      ["/etc/*/x.conf", "must be an absolute path"],
    ],
  ],
  "header name": [
    headerName,
    ["X-Frame-Options", "Cache-Control", "x_y"],
    [
      ["X A", "must be letters, digits and dashes"],
      ["X:A", "must be letters, digits and dashes"],
      ["X-$host", "must be letters, digits and dashes"],
      ["é", "must be letters, digits and dashes"],
      ["X-A\nY", "must be letters, digits and dashes"],
      ["Content-Type", "let the service send it"],
      ["CONTENT-LENGTH", "let the service send it"],
    ],
  ],
  "header value": [
    headerValue,
    ["DENY", "max-age=63072000; includeSubDomains", "default-src 'self'"],
    [
      ["", "must be printable ASCII on one line"],
      [" padded ", "with no space around it"],
      ["two\nlines", "must be printable ASCII on one line"],
      ["é", "must be printable ASCII on one line"],
      ["$uri", 'must not hold "$"'],
    ],
  ],
  resolver: [
    resolverAddress,
    ["127.0.0.11", "10.0.0.2", "172.31.0.2", "169.254.169.253", "127.0.0.1:5353"],
    [
      ["1.1.1.1", "answers of a public one can be forged"],
      ["172.32.0.1", "must be a loopback or private IPv4 address"],
      ["dns.example.com", "must be a loopback or private IPv4 address"],
      ["127.0.0.1:0", "must be a whole number from 1 to 65535"],
    ],
  ],
};

describe.each(Object.entries(cases))("%s", (_, [kind, good, bad]) => {
  test.each(good)("takes %j", (value) => {
    expect(kind(value as never).replace(/^"|"$/g, "")).toBe(`${value}`);
  });

  test.each(bad)("refuses %j", (value, reason) => {
    expect(() => kind(value as never)).toThrow(reason);
  });
});

test.each([
  ["0", 0],
  ["1", 1],
  ["10k", 10_240],
  ["2M", 2_097_152],
  ["1g", 1_073_741_824],
])("%s is %d bytes", (value, bytes) => {
  expect(sizeInBytes(value)).toBe(bytes);
});
