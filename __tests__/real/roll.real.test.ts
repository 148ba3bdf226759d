import { rolledImages } from "../../bench/roll/application.ts";
import { RollingNano } from "../../bench/roll/nano.ts";
import { totalsOf, underLoad } from "../../bench/roll/under-load.ts";

jest.setTimeout(120_000);

const ROLLS = 5;
/** A request of five seconds would make each roll last as long; `bench/roll.ts` has them. */
const LOAD = { perSecond: 320, slowSeconds: 1 };

let bench: Awaited<ReturnType<typeof rolledImages>>;
let host: RollingNano;

beforeAll(async () => {
  bench = await rolledImages();
  host = new RollingNano(bench.images, 2);
  await host.start();
});
afterAll(async () => {
  await host.stop();
  await bench.remove();
});

test("five rolls fail no request of any kind, and cut no websocket of a neighbour", async () => {
  const visit = await underLoad(host, {
    ...LOAD,
    meanwhile: async () => {
      for (let done = 0; done < ROLLS; done += 1) await host.roll(done % 2 === 0 ? "2" : "1");
    },
  });
  expect(Object.values(visit.kinds).map(({ reasons }) => reasons)).toEqual(Object.values(visit.kinds).map(() => ({})));
  expect(visit.websockets).toMatchObject({ opened: 20, cut: 0 });
  expect(Object.keys(visit.versions).sort()).toEqual(["1", "2"]);
  const { asked, perSecond } = totalsOf(visit);
  expect(asked).toBeGreaterThan(1000);
  console.log(`${asked} requests, ${perSecond.toFixed(0)} a second, over ${ROLLS} rolls`);
});

test("a container that is stopped first does fail requests, or the test before could not", async () => {
  const visit = await underLoad(host, { ...LOAD, meanwhile: () => host.stopFirst() });
  expect(totalsOf(visit).failed).toBeGreaterThan(0);
});
