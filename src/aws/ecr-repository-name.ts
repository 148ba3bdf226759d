import { InvalidValueError } from "../values/invalid-value-error.ts";

const SHORTEST = 2;
const LONGEST = 256;
// ECR's own pattern: narrower than a reference's path, which allows runs of _ and - inside a component
const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/;

/**
 * Returns `name` if ECR takes it.
 *
 * @throws {InvalidValueError} with the name that was probably meant
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 */
export function ecrRepositoryName(name: string): string {
  const refuse = (rule: string, remedy?: string): never => {
    throw new InvalidValueError({ subject: "ECR repository name", rule, got: name, remedy });
  };
  if (name.length < SHORTEST || name.length > LONGEST) return refuse(`must have ${SHORTEST} to ${LONGEST} characters`);
  if (NAME.test(name)) return name;
  const meant = name
    .toLowerCase()
    .replace(/[^a-z0-9/._-]+/g, "-")
    .replace(/([._-])[._-]+/g, "$1")
    .replace(/(^|\/)[._-]+|[._-]+(\/|$)/g, "$1$2");
  return refuse(
    "must be lower-case letters and digits with single dots, dashes, underscores or slashes between them",
    NAME.test(meant) ? `use ${JSON.stringify(meant)}` : undefined,
  );
}
