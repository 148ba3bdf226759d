import { synthProblem } from "../../src/cli/synth-problem.ts";

const TRACE = `/app/src/docker/pulled-image.ts:60
    if (strict) throw new ConstructError(this, "image", problem);
                      ^


ConstructError: cats/image: context: build context must be a directory that exists, got "nowhere": check the path
    at new ConstructError (/app/src/terraform/construct-error.ts:12:5)
    at at (/app/src/terraform/construct-error.ts:45:51)
    at new BuiltImage (/app/src/docker/built-image.ts:81:20)
    at new CatsStack (/app/stacks/cats.ts:18:19)
    at <anonymous> (/app/main.ts:6:1) {
  property: 'context',
  path: 'cats/image'
}

Node.js v20.20.2
`;

test("a refused declaration is its message and the line that declared it", () => {
  expect(synthProblem(TRACE, "/app/src")).toBe(
    'cats/image: context: build context must be a directory that exists, got "nowhere": check the path\n  declared at /app/stacks/cats.ts:18',
  );
});

test("several refusals are told together", () => {
  const both =
    "ConstructErrors: cats/image: context: one\ncats/image: version: two\n    at x (/app/stacks/cats.ts:1:1)\n";
  expect(synthProblem(both)).toBe(
    "cats/image: context: one\ncats/image: version: two\n  declared at /app/stacks/cats.ts:1",
  );
});

test.each(["", "TypeError: x is not a function\n    at y (/app/main.ts:1:1)\n"])(
  "another end keeps its trace: %j",
  (stderr) => {
    expect(synthProblem(stderr)).toBeUndefined();
  },
);

test("a user's own folders may be called as Slipway's are", () => {
  const trace = TRACE.replace("/app/stacks/cats.ts", "/shop/src/docker/cats.ts");
  expect(synthProblem(trace, "/app/src")).toContain("\n  declared at /shop/src/docker/cats.ts:18");
  const packed = TRACE.replaceAll("/app/src/", "/shop/node_modules/slipway/lib/");
  expect(synthProblem(packed, "/nowhere")).toContain("\n  declared at /app/stacks/cats.ts:18");
});
