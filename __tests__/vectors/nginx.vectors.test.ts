import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listenAddress, path, serverName, size, time } from "../../src/nginx/argument.ts";
import { quote } from "../../src/nginx/quote.ts";
import { readConf } from "../../src/testing/nginx/conf-reader.ts";
import { InvalidValueError } from "../../src/values/invalid-value-error.ts";
import { isExpressible } from "../nginx/rebuild.ts";
import { servedTexts } from "../nginx/served-texts.ts";

function vectors<T>(name: string): T[] {
  const folder = process.env.SLIPWAY_VECTORS;
  if (!folder) throw new Error(`SLIPWAY_VECTORS is not set: name the folder that holds nginx/${name}`);
  return JSON.parse(readFileSync(join(folder, "nginx", name), "utf8")).cases;
}

function report(line: string): void {
  process.stdout.write(`nginx vectors: ${line}\n`);
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof InvalidValueError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** `<4000 x a>` and `<255 chars>` stand for long values. */
function expand(value: string): string {
  const [, count, , letter = "a"] = /^<(\d+) (x (.)|chars)>$/.exec(value) ?? [];
  return count === undefined ? value : letter.repeat(Number(count));
}

test("every quoted value is served as it was, every other is refused", async () => {
  const cases = vectors<{ value: string; roundTrips?: boolean }>("quoting.json").map((each) => ({
    ...each,
    value: expand(each.value),
  }));
  const quoted = cases.map(({ value, roundTrips }) => ({ value, roundTrips, token: attempt(() => quote(value)) }));
  const printed = quoted.filter((each) => each.token !== undefined);
  expect(await servedTexts(printed.map(({ token }) => token as string))).toEqual(printed.map(({ value }) => value));
  expect(printed.filter(({ roundTrips }) => !roundTrips)).toEqual([]);
  const refused = quoted.filter((each) => each.token === undefined && each.roundTrips).map(({ value }) => value);
  expect(refused).toEqual(["nl\nthere", "cr\rthere"]);
  report(`${cases.length} quotings compared: ${printed.length} round trips, ${cases.length - printed.length} refused`);
  expect(cases.length).toBeGreaterThanOrEqual(40);
});

interface DirectiveCase {
  readonly slot: string;
  readonly value: string;
  readonly accepted: boolean;
}

/** Whether our makers can say what a row says, and so would hand it to Nginx. */
const SLOTS: Readonly<Record<string, (value: string) => boolean>> = {
  listen: (value) =>
    isSaid(`listen ${value};`) && attempt(() => listenAddress(value.split(" ")[0] ?? "")) !== undefined,
  server_name: (value) => attempt(() => serverName(expand(value))) !== undefined,
  location: (value) => attempt(() => path(value.replace(/^= ?/, ""))) !== undefined,
  upstream: (value) => isSaid(`upstream slipway_${value.replaceAll("upstream ", "upstream slipway_")}`),
};

function isSaid(text: string): boolean {
  let read: ReturnType<typeof readConf>;
  try {
    read = readConf(text);
  } catch {
    return false;
  }
  return isExpressible(read);
}

test("no directive is written that Nginx refuses", () => {
  const cases = vectors<DirectiveCase>("directives.json");
  const judged = cases.map((each) => ({ ...each, isSaid: (SLOTS[each.slot] ?? isSaid)(each.value) }));
  expect(judged.filter((each) => each.isSaid && !each.accepted)).toEqual([]);
  const said = judged.filter((each) => each.isSaid).length;
  const refused = judged.filter((each) => !each.accepted).length;
  report(
    `${cases.length} directives compared: ${said} written, all accepted; ${refused} that Nginx refuses, all refused`,
  );
  expect(cases.length).toBeGreaterThanOrEqual(302);
  expect(said).toBeGreaterThan(50);
});

test.each([
  ["size client_max_body_size", size, []],
  ["time proxy_read_timeout", time, ["1h 30m"]],
] as const)("%s is read exactly as Nginx reads it", (slot, kind, narrower) => {
  const words = vectors<DirectiveCase>("directives.json")
    .filter((each) => each.slot === slot)
    .map(({ value, accepted }) => ({ words: readConf(value)[0]?.words ?? [], accepted }));
  const differing = words.filter(({ words: [word, ...more], accepted }) => {
    const isTaken = word !== undefined && more.length === 0 && attempt(() => kind(word)) !== undefined;
    return isTaken !== accepted;
  });
  expect(differing.map((each) => each.words[0])).toEqual(narrower);
  report(`${words.length} values of ${slot} compared, ${differing.length} refused that Nginx would read`);
});

test("no known misconfiguration can be said", () => {
  const cases = vectors<{ check: string; file: string; expectReport: boolean; conf: string }>("gixy.json");
  const said = cases.filter(({ conf }) => isSaid(conf));
  expect(said.filter(({ expectReport }) => expectReport)).toEqual([]);
  const harmful = cases.filter(({ expectReport }) => expectReport).length;
  report(
    `${cases.length} fixtures compared: ${harmful} misconfigurations, none can be said; of the others ${said.length}`,
  );
  expect(cases.length).toBeGreaterThanOrEqual(89);
  expect(said.map(({ file }) => file)).toEqual(
    expect.arrayContaining([
      "http_fp.conf",
      "add_header_content_type_fp.conf",
      "resolver_local_fp.conf",
      "server_tokens_off_fp.conf",
    ]),
  );
});

test("every fixture is read, so that none counts as unsayable for its shape alone", () => {
  const cases = vectors<{ file: string; conf: string }>("gixy.json");
  const unread = cases.filter(({ conf }) => {
    try {
      return readConf(conf).length === 0;
    } catch {
      return true;
    }
  });
  expect(unread.map(({ file }) => file)).toEqual([]);
});
