import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageRoomWarnings } from "../../src/cli/image-room.ts";
import { DESCRIPTION_FILE } from "../../src/terraform/stack-description.ts";
import { RecordedCommand } from "./recorded-command.ts";

const MEBIBYTE = 1024 ** 2;
const image = (path: string, repository: string) => ({ path, kind: "image", repository, reference: "", platforms: [] });
const run = (name: string, path: string) => ({ name, image: path, secrets: {}, memoryMiB: 64, health: {} });

/** A folder with the description of a stack whose host has `leftMiB` for images. */
function described(leftMiB: number | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-stack-"));
  const fit = leftMiB === undefined ? undefined : { disk: { leftMiB, releases: 4, rows: [] }, findings: [] };
  const constructs = [
    image("shop/api-image", "example.com/api"),
    image("shop/unused", "example.com/unused"),
    image("shop/web-image", "example.com/web"),
    {
      ...{ path: "shop/host", kind: "host", fit },
      release: { services: [run("api", "shop/api-image"), run("web", "shop/web-image")], sites: [], drainSeconds: 10 },
    },
  ];
  const description = { format: 1, stack: "shop", constructs, findings: [] };
  writeFileSync(join(folder, DESCRIPTION_FILE), JSON.stringify(description));
  return folder;
}

const ENGINE = {
  "docker image ls --format {{.ID}} example.com/api": "aaaa\nold\n",
  "docker image ls --format {{.ID}} example.com/web": "bbbb\n",
  "docker image inspect --format {{.Size}} aaaa": `${240 * MEBIBYTE}\n`,
  "docker image inspect --format {{.Size}} bbbb": `${480 * MEBIBYTE}\n`,
};

async function warnings(
  leftMiB: number | undefined,
  answers: ConstructorParameters<typeof RecordedCommand>[0] = ENGINE,
) {
  const command = new RecordedCommand(answers);
  return { said: await imageRoomWarnings({ folder: described(leftMiB) }, { command }), asked: command.asked };
}

test("images of two releases that a disk may not hold are said with their sizes, and how much more it takes", async () => {
  expect((await warnings(1919)).said).toEqual([
    "shop/host: volumeGiB: the images of the live release and the one that comes take up to 1920 MiB, and its disk has 1919 for images: add 1 at least, or make them smaller (shop/api-image 320, shop/web-image 640, as this engine has them, unpacked and compressed)",
  ]);
  expect((await warnings(1920)).said).toEqual([]);
});

test("of what the engine does not have nothing is guessed", async () => {
  const { said } = await warnings(700, { ...ENGINE, "docker image ls --format {{.ID}} example.com/web": "" });
  expect(said).toEqual([]);
});

test.each([
  ["does not answer", { docker: { code: 1, stderr: "Cannot connect to the Docker daemon" } }],
  ["answers nothing that is a size", { ...ENGINE, "docker image inspect": "<no value>\n" }],
])("an engine that %s stops nothing", async (_, answers) => {
  const first = Object.fromEntries(Object.entries(answers).sort(([a], [b]) => a.length - b.length));
  expect((await warnings(0, first)).said).toEqual([]);
});

test("hosts without a disk of their own ask for nothing, and neither does a synth without a description", async () => {
  expect(await warnings(undefined)).toEqual({ said: [], asked: [] });
  const command = new RecordedCommand({});
  expect(await imageRoomWarnings({ folder: tmpdir() }, { command })).toEqual([]);
});
