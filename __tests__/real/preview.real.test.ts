import { Project } from "./project.ts";

jest.setTimeout(60_000);

const project = new Project("preview.ts", "shop-preview-pr-42", {});
afterAll(() => project.destroy());

const HOUR = 3_600_000;
const expiry = async () => Date.parse(await project.output("slipway_expires"));

test("a preview's end is reckoned by the first apply, moved by no later one, and reckoned anew for another lifetime", async () => {
  await project.synth();
  await project.init();
  expect(await project.apply()).toMatchObject({ status: 0 });
  const first = await expiry();
  expect(first).toBeGreaterThan(Date.now() + 71 * HOUR);
  expect(first).toBeLessThanOrEqual(Date.now() + 72 * HOUR);
  expect(await project.plan()).toMatchObject({ status: 0 });
  expect(await project.apply()).toMatchObject({ status: 0 });
  expect(await expiry()).toBe(first);
  await project.synth({ SLIPWAY_TEST_LIFETIME: "5d" });
  expect(await project.apply()).toMatchObject({ status: 0 });
  expect(await expiry()).toBeGreaterThan(Date.now() + 119 * HOUR);
});
