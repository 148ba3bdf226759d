import { join } from "node:path";
import { readComposeFile } from "../../src/compose/compose-file.ts";
import { composeFolder, serviceText, translated } from "./compose-folder.ts";

const read = (compose: string, files: Readonly<Record<string, string>> = {}) =>
  readComposeFile(join(composeFolder(compose, files), "compose.yaml"));

test("a service of another file is extended from where that file is", () => {
  const { services } = read("services: {web: {extends: {file: base/common.yml, service: app}, environment: [B=own]}}", {
    "base/common.yml":
      "services:\n  app: {build: ., env_file: a.env, volumes: ['./x:/x', 'd:/d'], environment: {A: 1, B: 2}, ports: ['80:80']}\n",
  });
  expect(services.get("web")).toEqual({
    build: "./base",
    env_file: ["./base/a.env"],
    volumes: ["./base/x:/x", "d:/d"],
    environment: { A: "1", B: "own" },
    ports: ["80:80"],
  });
});

test("lists are one behind the other, a volume replaces the one at its place, a command the whole command", () => {
  const { services } = read(`services:
  base: {image: a, command: [a, b], cap_add: [X], volumes: ["a:/data", "b:/b"], healthcheck: {test: [CMD, a], interval: 5s}}
  web: {extends: base, command: [c], cap_add: [X, Y], volumes: ["c:/data"], healthcheck: {test: [CMD, b]}}
`);
  expect(services.get("web")).toEqual({
    image: "a",
    command: ["c"],
    cap_add: ["X", "Y"],
    volumes: ["b:/b", "c:/data"],
    healthcheck: { test: ["CMD", "b"], interval: "5s" },
  });
});

test("included files are part of it, and its own word counts", () => {
  const { services, volumes } = read("include: [db/compose.yaml]\nservices: {web: {image: a}}\nvolumes: {v: {}}\n", {
    "db/compose.yaml": "services: {db: {build: ./image}, web: {image: other, init: true}}\nvolumes: {w: {}}\n",
  });
  expect([...services]).toEqual([
    ["db", { build: "./db/image" }],
    ["web", { image: "a", init: true }],
  ]);
  expect(Object.keys(volumes).sort()).toEqual(["v", "w"]);
});

test("a file that includes itself is refused", () => {
  expect(() => read("include: [compose.yaml]\nservices: {web: {image: a}}\n")).toThrow(
    "compose.yaml must not include itself",
  );
});

test("a closing bracket may stand where Go's reader takes it", () => {
  expect(
    read("services:\n  web:\n    image: a\n    command: [\n      a,\n    ]\n").services.get("web")?.command,
  ).toEqual(["a"]);
});

test("an image whose tag nothing says is left out, with the variable to set", () => {
  const { left } = translated(composeFolder('services: {web: {image: "postgres:${TAG}"}, other: {image: a}}'));
  expect(left).toEqual([
    { name: "web", notes: [{ key: "image", reason: expect.stringMatching(/^says \$TAG, and nothing says/) }] },
  ]);
});

test("a file that adds to it is said, and not read", () => {
  const folder = composeFolder("services: {web: {image: a}}", { "compose.override.yaml": "services: {}" });
  expect(translated(folder).notes.map(({ key }) => key)).toEqual(["compose.override.yaml"]);
});

describe("the port of a service", () => {
  const port = (web: string, more = "") => {
    const { services } = translated(composeFolder(`services:\n  web: {image: a, ${web}}\n${more}`));
    return services.find(({ name }) => name === "web")?.port;
  };
  const asks = (url: string) => `  api: {image: b, environment: {URL: "${url}"}}\n`;

  it.each([
    ["what is published", 'ports: ["8080:3000"]', "", 3000],
    ["of several, what looks most like the web", 'ports: ["9000:9000", "443:443", "80:80"]', "", 80],
    ["what neighbours ask for, where it is published", 'ports: ["80:80", "81:81"]', asks("http://web:81"), 81],
    [
      "the page that is published, before what neighbours alone ask for",
      'ports: ["5678:5678"]',
      asks("http://web:5679"),
      5678,
    ],
    [
      "what neighbours ask for by TCP, before a page that is published",
      'ports: ["15672:15672"]',
      asks("amqp://web:5672"),
      5672,
    ],
    ["what neighbours ask for, where nothing is published", "restart: always", asks("http://web:4000/x"), 4000],
    ["80, where they say http and no port", "restart: always", asks("http://web/x"), 80],
    ["what is exposed", "expose: [7000]", "", 7000],
    ["what the health check asks", "healthcheck: {test: curl localhost:6000/up}", "", 6000],
    ["none", "restart: always", "", undefined],
  ])("is %s", (_, web, more, expected) => expect(port(web, more)).toBe(expected));
});

test("a volume that is for data is kept, whatever a developer's machine has there", () => {
  const compose =
    "services:\n  db: {image: 'postgres:16', volumes: ['./pgdata:/var/lib/postgresql/data'], environment: {POSTGRES_HOST_AUTH_METHOD: trust}}\n";
  expect(serviceText(compose, { "pgdata/PG_VERSION": "16" })).toContain(
    '"/var/lib/postgresql/data": Mount.volume("db-pgdata")',
  );
});

test("a container with a read-only root and no files of the project is the image as it is", () => {
  expect(serviceText("services: {web: {image: a, expose: [80], read_only: true}}")).toContain("new PulledImage(");
});
