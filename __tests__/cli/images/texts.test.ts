import { formatRows } from "../../../src/cli/images/go-format.ts";
import { createdAt, humanAge } from "../../../src/cli/images/human-age.ts";
import { humanSize } from "../../../src/cli/images/human-size.ts";
import { byVersion, isFixed } from "../../../src/cli/images/tag-order.ts";

const NOW = Date.parse("2026-06-01T00:00:00Z");
const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

it.each([
  [0.4, "Less than a second"],
  [1, "1 second"],
  [59, "59 seconds"],
  [90, "About a minute"],
  [5 * MINUTE, "5 minutes"],
  [HOUR, "About an hour"],
  [90 * MINUTE, "2 hours"],
  [47 * HOUR, "47 hours"],
  [3 * DAY, "3 days"],
  [13 * DAY, "13 days"],
  [20 * DAY, "2 weeks"],
  [59 * DAY, "8 weeks"],
  [90 * DAY, "3 months"],
  [729 * DAY, "24 months"],
  [800 * DAY, "2 years"],
])("%d seconds are %s, as go-units has it", (seconds, text) => {
  expect(humanAge(new Date(NOW - seconds * 1000).toISOString(), NOW)).toBe(`${text} ago`);
});

it.each([undefined, "", "yesterday", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])(
  "an image that says %p has no age",
  (created) => {
    expect(humanAge(created, NOW)).toBe("N/A");
  },
);

it("says a time in UTC", () => {
  expect(createdAt("2026-01-02T05:04:05.678+02:00")).toBe("2026-01-02 03:04:05 +0000 UTC");
  expect(createdAt(undefined)).toBe("N/A");
});

it.each([
  [0, "0B"],
  [999, "999B"],
  [1000, "1kB"],
  [48_234_567, "48.2MB"],
  [123_456_789, "123MB"],
  [1_050_000_000, "1.05GB"],
])("%d bytes are %s", (bytes, text) => {
  expect(humanSize(bytes)).toBe(text);
});

it("orders versions by precedence, then what moves, then contents", () => {
  const content = `sha-${"a".repeat(64)}`;
  const tags = ["1.9.0", content, "latest", "1.10.0-rc.1", "1.10.0", "v1.10.1", "1.10", "1"];
  expect([...tags].sort(byVersion)).toEqual([
    "v1.10.1",
    "1.10.0",
    "1.10.0-rc.1",
    "1.9.0",
    "1",
    "1.10",
    "latest",
    content,
  ]);
  expect([content, "1.9.0", "latest", "1.10"].map(isFixed)).toEqual([true, true, false, false]);
});

const FIELDS = {
  Name: { header: "NAME", of: ({ name }: { name: string }) => name },
  Size: { header: "SIZE", of: () => "5" },
};

describe("a template of Docker's", () => {
  const rows = [{ name: "a" }, { name: 'b"' }];

  it.each([
    ["{{.Name}}", ["a", 'b"']],
    ["{{ .Name }}:{{.Size}}!", ["a:5!", 'b":5!']],
    ["{{json .Name}}", ['"a"', '"b\\""']],
    ["{{json .}}", ['{"Name":"a","Size":"5"}', '{"Name":"b\\"","Size":"5"}']],
    ["json", ['{"Name":"a","Size":"5"}', '{"Name":"b\\"","Size":"5"}']],
    ["table {{.Name}}\\t{{.Size}}", ["NAME   SIZE", "a      5", 'b"     5']],
    ["tables {{.Name}}", ["tables a", 'tables b"']],
  ])("%s", (template, lines) => {
    expect(formatRows(template, FIELDS, rows)).toEqual(lines);
  });

  it.each([
    ["{{.Nam}}", "--format: {{.Nam}} is no field that there is: there are {{.Name}}, {{.Size}}"],
    ["{{upper .Name}}", "--format: {{upper .Name}} is no field:"],
    ["{{.}}", "--format: {{.}} is no field:"],
    ["{{.Name", "has a {{ without its }}"],
    ["{{.constructor}}", "is no field that there is"],
    ["table", "--format: table has no field"],
    ["", "has no field"],
  ])("%s is refused", (template, message) => {
    expect(() => formatRows(template, FIELDS, rows)).toThrow(message);
  });
});
