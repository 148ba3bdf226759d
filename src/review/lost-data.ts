import type { Comparison } from "./comparison.ts";
import type { Model } from "./model.ts";
import type { Plan } from "./plan.ts";

/** Resources that hold what no apply can make again. */
const HOLDS_DATA = new Set([
  "docker_volume",
  "aws_cloudwatch_log_group",
  "aws_db_instance",
  "aws_dynamodb_table",
  "aws_ebs_volume",
  "aws_ecr_repository",
  "aws_efs_file_system",
  "aws_rds_cluster",
  "aws_s3_bucket",
]);

/**
 * What is deleted with all that it holds, by the plan and by what is declared.
 *
 * @param models the declaration of before and that of now
 */
export function lostData(
  { changes }: Pick<Plan, "changes">,
  models: readonly Pick<Model, "hosts" | "registries">[],
  comparison?: Pick<Comparison, "hosts">,
): string[] {
  const planned = changes
    .filter(({ action }) => action === "deleted" || action === "replaced")
    .map(({ address, path }) => ({ type: typeOf(address), path }))
    .filter(({ type, path }) => HOLDS_DATA.has(type) && !(type === "docker_volume" && isFilledAnew(path, models)))
    .map(({ type, path }) => `${path} (${type})`);
  const declared = (comparison?.hosts ?? []).flatMap(({ path, data }) =>
    data
      .filter(({ before, after }) => before?.deletedByTerraform && after === undefined)
      .map(({ key }) => `${key} of ${path}`),
  );
  return [...planned, ...declared];
}

/** The volumes of hosts and registries of which nothing is lost, by their place in the construct that makes them. */
const FILLED_ANEW = /^\/(NginxFiles|Storage|([^/]+\/)?Secrets)(\/(Resource|Volume))?$/;

/**
 * Whether a volume of the engine holds what an apply puts there again: a host's or a registry's own, by what `models`
 * declare. A user's may stand below them, too.
 */
export function isFilledAnew(path: string, models: readonly Pick<Model, "hosts" | "registries">[]): boolean {
  const makers = models.flatMap(({ hosts, registries }) => [...hosts, ...registries]);
  return makers.some((maker) => path.startsWith(maker.path) && FILLED_ANEW.test(path.slice(maker.path.length)));
}

/** Of `aws_s3_bucket.a`, also in a module, and of one of several. */
function typeOf(address: string): string {
  const [type = ""] = address
    .replace(/\[[^\]]*\]/g, "")
    .split(".")
    .slice(-2);
  return type;
}
