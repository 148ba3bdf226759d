import { controlGroup } from "../../scripts/engines/engine-remains.mjs";
import { IsolatedEngine, loopbackPorts } from "../../scripts/engines/isolated-engine.mjs";

test("what this machine serves on its loopback is in reach of an engine by the same address, the rest by the network", () => {
  expect(
    loopbackPorts([
      "http://127.0.0.1:5055",
      "http://localhost:5056/",
      "http://127.0.0.1:5055/",
      "https://127.0.0.2",
      "https://mirror.example",
    ]),
  ).toEqual(["5055", "5056", "443"]);
  expect(loopbackPorts([])).toEqual([]);
});

test("a client of an engine is led to its socket, and carries the mark by which it is found", () => {
  const engine = new IsolatedEngine("/cache/engines/tests", {
    name: "tests",
    cacheDir: "/cache",
    mirrors: [],
    log: () => {},
  });
  expect(engine.environment).toEqual({
    DOCKER_HOST: "unix:///cache/engines/tests/engine.sock",
    SLIPWAY_ENGINE_OF: "/cache/engines/tests",
  });
  expect(controlGroup("/cache/engines/tests")).toBe("slipway-engine-tests");
});
