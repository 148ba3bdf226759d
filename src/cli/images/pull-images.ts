import type { DockerCredentials } from "../docker-credentials.ts";
import type { Arguments, Tools } from "../tools.ts";
import type { DeclaredImage } from "./declared-images.ts";
import { engineAnswer } from "./engine-answer.ts";
import { ImageSources } from "./image-sources.ts";
import { notThere } from "./inspect-image.ts";

/** Brings declared images to this machine's engine, by digest, under the tags that the declaration gives them. */
export async function pullImages({ words: [typed] = [], dryRun }: Arguments, tools: Tools): Promise<number> {
  const sources = await ImageSources.open(tools);
  const { declared, registry } = sources;
  const images = typed === undefined ? declared.all : declared.several(typed);
  const engine = await sources.engine();
  const here = new Set((await engine.images()).flatMap(({ digests }) => digests));
  for (const image of images) {
    const digest = await registry.digestOf(image.place, image.wanted);
    if (digest === undefined) throw new Error(notThere(image));
    const name = `${image.name}@${digest}`;
    if (here.has(name)) {
      tools.terminal.line(`${name} is here already`);
      continue;
    }
    if (dryRun) {
      tools.terminal.line(`${name} would be pulled`);
      continue;
    }
    await tools.terminal.step(`pull ${name}`, async () => {
      const [platform] = image.platforms;
      const wanted = { fromImage: image.name, tag: digest, ...(platform === undefined ? {} : { platform }) };
      await engineAnswer(engine.client, await engine.client.createImage(loginFor(image, sources.credentials), wanted));
      for (const tag of image.tags) await engine.client.getImage(name).tag({ repo: image.name, tag });
    });
    here.add(name);
  }
  return 0;
}

/** What the engine is told to log in with; nothing where nobody logged in. */
export function loginFor({ place: { domain } }: Pick<DeclaredImage, "place">, credentials: DockerCredentials): object {
  const login = credentials.find(domain);
  if (login === undefined) return {};
  const serveraddress = domain === "docker.io" ? "https://index.docker.io/v1/" : domain;
  return { ...login, serveraddress };
}
