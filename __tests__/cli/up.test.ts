import { addressLines, outputLines } from "../../src/cli/up.ts";

it.each([
  [
    { url: "http://cats.localhost:8888/" },
    ["http://cats.localhost:8888/", "curl -H 'Host: cats.localhost' http://127.0.0.1:8888/"],
  ],
  [{ url: "http://127.0.0.1:8888/" }, ["http://127.0.0.1:8888/", "curl http://127.0.0.1:8888/"]],
  [{ url: "http://localhost/x" }, ["http://localhost/x", "curl http://localhost/x"]],
  [{ address: "http://a.b/" }, ["http://a.b/", "curl -H 'Host: a.b' http://127.0.0.1/"]],
  [{ address: "10.0.0.1" }, ["10.0.0.1"]],
  [
    { url: "http://shop.example/", address: "192.0.2.7" },
    ["http://shop.example/", "curl -H 'Host: shop.example' http://192.0.2.7/"],
  ],
  [{ url: 7 }, []],
  [{}, []],
])("%j is reached by", (outputs, lines) => {
  expect(addressLines(outputs)).toEqual(lines);
});

it.each([
  [{ url: "http://a.localhost/", address: "10.0.0.1", count: 2 }, ["address  10.0.0.1", "count    2"]],
  [{ address: "10.0.0.1", count: 2 }, ["count  2"]],
  [{ list: ["a", "b"], nothing: "", none: null }, ['list  ["a","b"]']],
  [{ policy: "x".repeat(300), name: "a" }, ["policy  302 characters: npx slipway outputs", "name    a"]],
])("of %j the rest is a line each, and a long one is not printed", (outputs, lines) => {
  expect(outputLines(outputs)).toEqual(lines);
});
