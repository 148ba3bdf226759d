import { InvalidValueError } from "../values/invalid-value-error.ts";

/** What somebody may do, and to what. */
export interface PolicyStatement {
  /** What it is for, in letters and digits; statements of one name are one in the text. */
  readonly sid: string;
  /** `service:Action`; a wildcard may end the action's name, but never stand for all of a service. */
  readonly actions: readonly string[];
  /** ARNs, or `*` where an action knows no resource; may hold references. */
  readonly resources: readonly string[];
  /** Condition operators, their keys and the values that they ask for. @default - none */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const SID = /^[A-Za-z0-9]+$/;
const ACTION = /^[a-z0-9-]+:[A-Za-z0-9]+\*?$/;

/**
 * The text of an IAM policy that allows these statements and nothing else; sorted, so that the order of declaration
 * does not show.
 *
 * @throws InvalidValueError for what would allow more than it says: a whole service, no resource, two meanings of one name
 */
export function iamPolicy(statements: readonly PolicyStatement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: mergedStatements(statements).map(({ sid, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      ...(conditions === undefined ? {} : { Condition: conditions }),
    })),
  });
}

/** The text of the policy by which the AWS service `principal`, e.g. `ec2.amazonaws.com`, may take on a role. */
export function trustPolicy(principal: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: principal } }],
  });
}

/** The statements checked and in order, those of one name as one. @throws InvalidValueError */
export function mergedStatements(statements: readonly PolicyStatement[]): PolicyStatement[] {
  const bySid = new Map<string, PolicyStatement>();
  for (const statement of statements.map(checked)) {
    const { sid, resources } = statement;
    const first = bySid.get(sid) ?? { ...statement, resources: [] };
    if (meaning(first) !== meaning(statement)) {
      const rule = "must stand for one set of actions and conditions";
      throw new InvalidValueError({ subject: "statement name", rule, got: sid });
    }
    bySid.set(sid, { ...first, resources: [...new Set([...first.resources, ...resources])].sort() });
  }
  return [...bySid.keys()].sort().map((sid) => bySid.get(sid) as PolicyStatement);
}

const meaning = ({ actions, conditions }: PolicyStatement) => JSON.stringify([actions, conditions]);

function checked(statement: PolicyStatement): PolicyStatement {
  const { sid, actions, resources } = statement;
  if (!SID.test(sid)) {
    throw new InvalidValueError({ subject: "statement name", rule: "must be letters and digits", got: sid });
  }
  for (const action of actions) {
    if (ACTION.test(action)) continue;
    const rule = "must name an action of a service";
    throw new InvalidValueError({ subject: `action of ${sid}`, rule, got: action, remedy: 'e.g. "ecr:BatchGetImage"' });
  }
  if (actions.length === 0 || resources.length === 0) {
    const rule = "must name actions and resources";
    throw new InvalidValueError({
      subject: `statement ${sid}`,
      rule,
      got: `${actions.length} and ${resources.length}`,
    });
  }
  return { ...statement, actions: [...new Set(actions)].sort() };
}
