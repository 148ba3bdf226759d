import { publicName } from "../../src/values/public-name.ts";

test.each([
  ["shop.example.com", "example.com"],
  ["example.co.uk", "example.co.uk"],
  ["a.b.example.co.uk", "example.co.uk"],
  ["me.github.io", "github.io"],
  ["xn--mnchen-3ya.de", "xn--mnchen-3ya.de"],
])("%s is of the domain %s", (name, domain) => {
  expect(publicName(name)).toEqual({ domain, isSuffix: false });
});

test.each(["com", "co.uk", "com.au"])("%s is a suffix itself", (name) => {
  expect(publicName(name)).toEqual({ isSuffix: true });
});

test.each([
  ...["localhost", "shop.localhost", "shop.test", "shop.internal", "intranet", "web.corp", "shop.notreal"],
  ...["nas.home.arpa", "abcdef.onion", "a.example", "b.invalid", "10.0.0.1"],
])("nobody registers %s", (name) => expect(publicName(name)).toEqual({ isSuffix: false }));
