import type { Ask } from "./ask.ts";

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly NotAction?: unknown;
  readonly Resource?: string | readonly string[];
  readonly NotResource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The statements of policies, whose documents are JSON, as they are or URL-encoded as IAM answers them. */
export function readStatements(documents: readonly string[]): Statement[] {
  return documents.flatMap((text) => {
    const { Statement } = JSON.parse(text.startsWith("%7B") ? decodeURIComponent(text) : text);
    return [Statement].flat() as Statement[];
  });
}

/**
 * Why identity policies with these statements do not allow `ask`, by the statement that comes nearest; `undefined` when
 * they do. An explicit denial wins, and nothing is allowed that no statement allows.
 */
export function refusal(statements: readonly Statement[], ask: Ask): string | undefined {
  const denial = statements.find((one) => one.Effect === "Deny" && miss(one, ask) === undefined);
  if (denial) return `${words(ask)}: ${nameOf(denial)} denies it`;
  const misses = statements.filter(({ Effect }) => Effect === "Allow").map((one) => ({ one, miss: miss(one, ask) }));
  if (misses.some((each) => each.miss === undefined)) return undefined;
  const [nearest] = misses.sort((a, b) => (b.miss?.nearness ?? 0) - (a.miss?.nearness ?? 0));
  const why = nearest ? `nearest is ${nameOf(nearest.one)}, ${nearest.miss?.why}` : "there is no statement";
  return `${words(ask)}: ${why}`;
}

/** What of a policy keeps `asks` from being done, one line each. */
export function refusals(statements: readonly Statement[], asks: readonly Ask[]): string[] {
  const lines = asks.map((ask) => refusal(statements, ask)).filter((line) => line !== undefined);
  return [...new Set(lines)].sort();
}

interface Miss {
  /** Greater the more of the statement fits. */
  readonly nearness: number;
  readonly why: string;
}

const ACTION_FITS = 10_000;
const RESOURCE_FITS = 20_000;

function miss(statement: Statement, { action, resource, context }: Ask): Miss | undefined {
  if (statement.NotAction !== undefined || statement.NotResource !== undefined) {
    throw new Error(`a policy uses NotAction or NotResource, which the rehearsal does not evaluate (${action})`);
  }
  const actions = [statement.Action ?? []].flat();
  if (!actions.some((one) => matches(one, action, "i"))) {
    return { nearness: longestStart(actions, action), why: "which names other actions" };
  }
  const resources = [statement.Resource ?? []].flat();
  if (!resources.some((one) => matches(one, resource))) {
    const nearness = ACTION_FITS + longestStart(resources, resource);
    return { nearness, why: `which names ${resources.join(", ") || "no resource"}` };
  }
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    const compare = OPERATORS[operator];
    for (const [key, wanted] of Object.entries(keys)) {
      const got = context[key];
      // A condition that nobody evaluates takes the benefit of a permission away, never the harm of a denial.
      if (compare === undefined && statement.Effect === "Deny") continue;
      if (compare !== undefined && got !== undefined && [wanted].flat().some((one) => compare(one, got))) continue;
      const seen =
        compare === undefined ? "which is not evaluated here" : `got ${JSON.stringify(got) ?? "no such key"}`;
      const why = `which asks for ${operator} ${key} ${JSON.stringify(wanted)}, ${seen}`;
      return { nearness: RESOURCE_FITS, why };
    }
  }
  return undefined;
}

const equals = (wanted: string, got: string) => wanted === got;
const like = (wanted: string, got: string) => matches(wanted, got);

const OPERATORS: Readonly<Record<string, (wanted: string, got: string) => boolean>> = {
  StringEquals: equals,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
};

function matches(pattern: string, text: string, flags = ""): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, `s${flags}`).test(text);
}

function longestStart(texts: readonly string[], text: string): number {
  const shared = (other: string) => [...text].findIndex((character, at) => other[at] !== character);
  return Math.max(0, ...texts.map((other) => (text.startsWith(other) ? other.length : shared(other))));
}

const words = ({ action, resource }: Ask) => `${action} on ${resource}`;
const nameOf = ({ Sid }: Statement) => Sid ?? "a statement without a name";
