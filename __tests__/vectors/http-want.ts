import { createHash } from "node:crypto";
import type { HttpAnswer } from "./http-connection.ts";
import type { Echoed } from "./http-echo.ts";

/** What must come back, as `about` of the table says. */
export interface Want {
  readonly status: number | "closed" | readonly (number | "closed")[];
  readonly service?: string;
  readonly method?: string;
  readonly neverService?: string;
  readonly path?: string;
  readonly bodyBytes?: number;
  readonly header?: Readonly<Record<string, string>>;
  readonly headerNot?: Readonly<Record<string, string>>;
  readonly headerMatches?: Readonly<Record<string, string>>;
  readonly absent?: readonly string[];
  readonly response?: Readonly<Record<string, string>>;
  readonly responseMatches?: Readonly<Record<string, string>>;
  readonly responseBytes?: number;
  readonly cookiesSet?: number;
  readonly interim?: readonly number[];
  readonly events?: number;
  readonly firstWithinSeconds?: number;
  readonly echo?: boolean;
  readonly closes?: boolean;
  readonly answersAtMost?: number;
}

/** Where the answer differs from what it must be. */
export function differencesFrom(want: Want, answer: HttpAnswer | undefined): string[] {
  const status = answer?.status ?? "closed";
  const statuses = [want.status].flat();
  if (!statuses.includes(status)) return [`status ${status}`];
  if (answer === undefined) return [];
  const found: string[] = [];
  const expect = expectation(found);
  const response = (name: string) => (answer.headers.get(name) ?? []).join(", ");
  const service = answer.headers.get("x-echo-service")?.[0];
  expect("service", want.service, service);
  if (want.neverService !== undefined && service === want.neverService) found.push(`service ${service}`);
  for (const [name, value] of Object.entries(want.response ?? {})) expect(`response ${name}`, value, response(name));
  for (const [name, pattern] of Object.entries(want.responseMatches ?? {})) {
    expect(`response ${name} ${response(name)}`, true, wholly(pattern, response(name)));
  }
  expect("response bytes", want.responseBytes, answer.body.length);
  const cookies = (answer.headers.get("set-cookie") ?? []).filter((each) => /^c\d\d=a{1000}$/.test(each));
  expect("cookies", want.cookiesSet, want.cookiesSet === undefined ? undefined : cookies.length);
  for (const interim of want.interim ?? []) expect(`interim ${interim}`, true, answer.interim.includes(interim));
  if (want.events !== undefined) {
    const events = Array.from({ length: want.events }, (_, at) => `data: ${at + 1}\n\n`).join("");
    expect("events", events, answer.body.toString());
    expect(
      `first after ${answer.firstByteAfter} ms`,
      true,
      answer.firstByteAfter <= (want.firstWithinSeconds ?? 0) * 1000,
    );
  }
  return service === undefined ? found : [...found, ...echoDifferences(answer, want)];
}

/** Where what `echo` got differs. */
function echoDifferences(answer: HttpAnswer, want: Want): string[] {
  const found: string[] = [];
  const expect = expectation(found);
  expect("method", want.method, answer.headers.get("x-echo-method")?.[0]);
  const asksForEcho = [want.path, want.bodyBytes, want.header, want.headerNot, want.headerMatches, want.absent];
  if (asksForEcho.every((each) => each === undefined)) return found;
  const got: Echoed = JSON.parse(answer.body.toString());
  expect("path", want.path, got.path);
  if (want.bodyBytes !== undefined) {
    expect("body", want.bodyBytes, got.bodyBytes);
    const sent = createHash("sha256").update(Buffer.alloc(want.bodyBytes, "a")).digest("hex");
    expect("body's SHA-256", sent, got.bodySha256);
  }
  for (const [name, value] of Object.entries(want.header ?? {})) expect(`header ${name}`, value, got.headers[name]);
  for (const [name, value] of Object.entries(want.headerNot ?? {})) {
    if (got.headers[name] === value) found.push(`header ${name} ${value}`);
  }
  for (const [name, pattern] of Object.entries(want.headerMatches ?? {})) {
    const value = got.headers[name] ?? "";
    expect(`header ${name} ${value}`, true, wholly(pattern, value));
  }
  for (const name of want.absent ?? []) expect(`header ${name} ${got.headers[name]}`, false, name in got.headers);
  return found;
}

/** Notes in `found` what is not as it is wanted, if anything is. */
function expectation(found: string[]) {
  return (what: string, wanted: unknown, got: unknown): void => {
    if (wanted !== undefined && got !== wanted) found.push(`${what} ${JSON.stringify(got)?.slice(0, 200)}`);
  };
}

function wholly(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(value);
}
