import { type SlipwayMatchers, slipwayMatchers } from "./matchers.ts";

/**
 * Adds the matchers to Jest's global `expect`, or to that of a runner that has one alike: `import "slipway/testing/jest"` in
 * a test, or in `setupFilesAfterEnv`.
 */
const runner = globalThis as { readonly expect?: { extend(matchers: object): void } };
if (runner.expect === undefined)
  throw new Error("there is no global expect: write expect.extend(slipwayMatchers), from slipway/testing");
runner.expect.extend(slipwayMatchers);

declare global {
  // the words of @types/jest, which need not be there
  namespace jest {
    interface Matchers<R> extends SlipwayMatchers<R> {}
  }
}
