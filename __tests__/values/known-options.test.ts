import { nearest, refuseUnknownOptions } from "../../src/values/known-options.ts";

interface Options {
  readonly port?: number;
  readonly address?: string;
}

const NAMES = { port: true, address: true } as const;
const refuse = (options: unknown) => () => refuseUnknownOptions<Options>("host", options as Options, NAMES);

test.each([[undefined], [{}], [{ port: 1 }], [{ port: undefined, address: "a" }]])("takes %j", (options) => {
  expect(refuse(options)).not.toThrow();
});

test.each<[unknown, string]>([
  [{ prot: 1 }, 'host option must be known, got "prot": did you mean port?'],
  [{ PORT: 1 }, "did you mean port?"],
  [{ port: 1, adress: "a" }, 'got "adress": did you mean address?'],
  [{ replicas: undefined }, 'got "replicas": known: address, port'],
  [null, "host options must be an object, got null"],
  [[], "host options must be an object, got a list"],
  ["port", 'host options must be an object, got "port"'],
])("refuses %j", (options, message) => expect(refuse(options)).toThrow(message));

test("says that there are none where there are none", () => {
  expect(() => refuseUnknownOptions<object>("probe", { a: 1 }, {} as never)).toThrow('got "a": it takes none');
});

test.each([
  ["intervall", ["interval", "timeout"], "interval"],
  ["maxBody", ["headers", "maxBodySize"], "maxBodySize"],
  ["max", ["maxBodySize", "maxTime"], undefined],
  ["xyzzy", ["interval", "timeout"], undefined],
  ["port", [], undefined],
])("the nearest to %s of %j is %s", (typed, known, found) => expect(nearest(typed, known)).toBe(found));
