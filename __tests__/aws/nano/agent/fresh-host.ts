import { AgentHost } from "./agent-host.ts";
import { AwsDouble } from "./aws-double.ts";
import { TestImages } from "./test-images.ts";

/** A host with its agent, and the AWS that it asks. */
export interface FreshHost {
  readonly aws: AwsDouble;
  readonly host: AgentHost;
}

/** Gives each test of a file a host of its own by `take`; returns the images that all of them may run. */
export function freshHostForEachTest(take: (fresh: FreshHost) => void): TestImages {
  const images = new TestImages();
  let host: AgentHost;
  beforeAll(() => images.start());
  afterAll(() => images.stop());
  beforeEach(async () => {
    const aws = new AwsDouble();
    host = new AgentHost(aws);
    take({ aws, host });
    await host.start();
  });
  afterEach(() => host.stop());
  return images;
}
