import { RedirectTarget } from "../../src/values/redirect-target.ts";

test.each<[text: string, printed: string, name: string | undefined, path: string, keepsRest: boolean]>([
  ["/", "/", undefined, "", true],
  ["/new/", "/new/", undefined, "/new", true],
  ["/new?a=b", "/new?a=b", undefined, "/new", false],
  ["/a%20b", "/a%20b", undefined, "/a%20b", true],
  ["https://New.Example.com", "https://new.example.com/", "new.example.com", "", true],
  ["http://a.example:8080/x/#top", "http://a.example:8080/x/#top", "a.example", "/x", false],
])("reads %s", (text, printed, name, path, keepsRest) => {
  const target = RedirectTarget.parse(text);
  expect([`${target}`, target.name, target.path, target.keepsRest]).toEqual([printed, name, path, keepsRest]);
});

test.each([
  ["", "redirect must be a path or a URL"],
  ["//evil.example", "browsers read as another host"],
  ["/\\evil.example", "browsers read as another host"],
  [
    "new.example.com/a",
    'must be a path or an http or https URL, got "new.example.com/a": use "https://new.example.com/a"',
  ],
  ["ftp://a.example", "must be a path or an http or https URL"],
  ["javascript:alert(1)", "must be a path or an http or https URL"],
  ["https://user@a.example", "must not name a user"],
  ["https://*.a.example", "must lead to one name"],
  ["https://a_b.example", "must not hold an underscore"],
  ["https://a.example:70000/", "must have a port to 65535"],
  ["/a b", "must be percent-encoded"],
  ["/a\nb", "must be percent-encoded"],
  ["/$host", "hold no variable"],
  ["/100%", "must be percent-encoded"],
])("refuses %j", (text, reason) => {
  expect(() => RedirectTarget.parse(text)).toThrow(reason);
});
