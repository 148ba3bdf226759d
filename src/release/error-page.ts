import { InvalidValueError } from "../values/invalid-value-error.ts";

/** What a proxy itself answers; a service's own errors pass as they are. */
const STATUSES = [403, 404, 413, 429, 502, 503, 504] as const;
const MOST_BYTES = 2048;

export type ErrorStatus = (typeof STATUSES)[number];

/** HTML by the status that it stands for. */
export type ErrorPages = Readonly<Partial<Record<ErrorStatus, string>>>;

/** @throws InvalidValueError for a status that is no error of the proxy's own, or a page that is none */
export function checkErrorPages(pages: ErrorPages): void {
  if (typeof pages !== "object" || pages === null || Array.isArray(pages)) {
    const remedy = 'write { 502: "<h1>Back soon</h1>" }';
    throw new InvalidValueError({ subject: "error pages", rule: "must be HTML by status", got: pages, remedy });
  }
  for (const [status, page] of Object.entries(pages)) {
    if (!STATUSES.some((known) => `${known}` === status)) {
      const remedy = "a service's own errors pass as they are";
      throw new InvalidValueError({
        subject: "error page",
        rule: `must be for ${STATUSES.join(", ")}`,
        got: status,
        remedy,
      });
    }
    checkPage(`error page ${status}`, page);
  }
}

/** @throws InvalidValueError for what is no page that fits into a release */
export function checkPage(subject: string, page: string): void {
  const refuse = (rule: string, remedy: string): never => {
    throw new InvalidValueError({ subject, rule, got: page, remedy });
  };
  if (typeof page !== "string" || page === "") refuse("must be HTML, not empty", 'write e.g. "<h1>Back soon</h1>"');
  if (/[\x00-\x1f\x7f]/.test(page)) refuse("must be one line", "leave the line ends out: HTML needs none");
  if (page.includes("$")) refuse('must not hold "$"', "write &#36;");
  const bytes = Buffer.byteLength(page);
  if (bytes > MOST_BYTES)
    refuse(`must have at most ${MOST_BYTES} bytes`, "a release holds little: serve it by a service");
}
