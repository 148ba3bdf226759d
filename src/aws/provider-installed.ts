/**
 * Says in one line that Amazon's provider is missing, before the first module that needs it says so in twenty: it is an
 * optional peer, for people who deploy nothing to AWS.
 */
export function providerProblem(resolve: (id: string) => string): string | undefined {
  try {
    resolve("@cdktf/provider-aws/package.json");
    return undefined;
  } catch {
    return "slipway/aws needs the package @cdktf/provider-aws: npm install @cdktf/provider-aws";
  }
}

const problem = providerProblem(require.resolve);
if (problem !== undefined) throw new Error(problem);
