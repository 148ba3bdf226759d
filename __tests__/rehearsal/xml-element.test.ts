import { ApiRefusal } from "../../src/rehearsal/doubles/api-call.ts";
import { XmlElement } from "../../src/rehearsal/doubles/xml-element.ts";

test("answers in XML are read: paths, lists, entities, empty elements", () => {
  const text = '<?xml version="1.0"?><r xmlns="u"><a><item><b>1 &lt;&#x41;</b></item><item/></a><c/></r>';
  const root = XmlElement.parse(text);
  expect(root.name).toBe("r");
  expect(root.items("a").map((item) => item.value("b"))).toEqual(["1 <A", undefined]);
  expect(root.find("c")?.children).toEqual([]);
  expect(root.all("b")).toHaveLength(1);
});

test("a text that looks like a number stays as it is, and an entity is read once", () => {
  const root = XmlElement.parse("<r><id>007</id><e>1e3</e><t>&amp;lt;</t></r>");
  expect([root.value("id"), root.value("e"), root.value("t")]).toEqual(["007", "1e3", "&lt;"]);
});

test.each(["<a><b></a>", "<a><b>", "<!doctype html>", "plain", "", "<a/><b/>"])("%j is refused", (text) => {
  expect(() => XmlElement.parse(text)).toThrow(/^no XML/);
});

test.each([
  ["ec2", "Response/Errors"],
  ["iam", "ErrorResponse"],
])("a refusal of %s says its code and message where its clients look, whatever is in it", (service, path) => {
  const refusal = new ApiRefusal("Bad", 'a < b & "c"', 403).answer({ protocol: "query", service });
  expect(refusal.status).toBe(403);
  const [root = "", ...rest] = path.split("/");
  const document = XmlElement.parse(refusal.body.toString());
  expect(document.name).toBe(root);
  const error = document.find([...rest, "Error"].join("/"));
  expect([error?.value("Code"), error?.value("Message")]).toEqual(["Bad", 'a < b & "c"']);
});
