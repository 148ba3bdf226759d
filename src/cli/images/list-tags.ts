import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readModel } from "../../review/model.ts";
import { DESCRIPTION_FILE } from "../../terraform/stack-description.ts";
import type { RegistryContent } from "../registry-content.ts";
import type { Place } from "../registry-session.ts";
import { stackNames } from "../stack-names.ts";
import type { Arguments, Tools } from "../tools.ts";
import { expiredDigests, type LifecyclePolicy } from "./expired-digests.ts";
import { ImageSources } from "./image-sources.ts";
import { registryImage } from "./registry-image.ts";
import { lastColumn, short, table } from "./table.ts";
import { tagDigests } from "./tag-digests.ts";
import { byVersion, tagText } from "./tag-order.ts";

const MOST = 100;

/** What a tag stands for. */
interface TagState {
  readonly tag: string;
  readonly digest: string;
  /** Other tags of the same digest. */
  readonly aliases: readonly string[];
  readonly declared: boolean;
  /** Whether what is declared of the repository lets it go. */
  readonly expires: boolean;
}

/** The tags of a repository: what each stands for, which are one image, what retention lets go. */
export async function listTags({ words = [], json, limit = `${MOST}` }: Arguments, tools: Tools): Promise<number> {
  const sources = await ImageSources.open(tools);
  const place = sources.declared.repository(words[0] as string);
  const all = (await sources.registry.tags(place)).sort(byVersion);
  const digests = await tagDigests(sources.registry, place, all.slice(0, Number(limit)));
  const declared = new Set(sources.declared.in(place).flatMap(({ tags }) => tags));
  const policy = lifecycleOf(sources.output, place);
  const expired = policy === undefined ? new Set() : await expiredIn(sources.registry, place, digests, policy);
  const states = [...digests].map(([tag, digest]): TagState => {
    const aliases = [...digests].flatMap(([other, is]) => (is === digest && other !== tag ? [other] : []));
    return { tag, digest, aliases, declared: declared.has(tag), expires: expired.has(digest) };
  });
  const repository = `${place.domain}/${place.path}`;
  if (json) {
    const retention = policy === undefined ? null : policy;
    console.log(
      JSON.stringify({ schema: 1, repository, tags: states, more: all.length - digests.size, retention }, null, 2),
    );
    return 0;
  }
  const { terminal } = tools;
  if (states.length === 0) terminal.line(`${repository} has no tags`);
  else {
    const headers = ["TAG", "DIGEST", "", "ALSO"];
    const rows = states.map(({ tag, digest, aliases, declared: is, expires }) => [
      tagText(tag),
      short(digest),
      expires ? "would expire" : is ? "declared" : "",
      aliases.map(tagText).join(", "),
    ]);
    const lines = table(headers, rows);
    for (const line of lines) terminal.row(line, lastColumn(lines, headers));
  }
  if (all.length > digests.size) terminal.line(`${all.length - digests.size} more: --limit shows them`);
  terminal.line(
    policy === undefined
      ? "no retention is declared for it here: what it keeps is for its registry to say"
      : "what would expire is counted by when it was built; ECR counts by when it was pushed",
  );
  return 0;
}

/** What a stack declares about what the repository forgets. */
function lifecycleOf(output: string, place: Place): LifecyclePolicy | undefined {
  for (const stack of stackNames(output)) {
    const file = join(output, "stacks", stack, DESCRIPTION_FILE);
    if (!existsSync(file)) continue;
    const { repositories } = readModel(JSON.parse(readFileSync(file, "utf8")));
    const own = repositories.find(({ uri }) => uri === `${place.domain}/${place.path}`);
    if (own?.lifecycle !== undefined) return own.lifecycle as LifecyclePolicy;
  }
  return undefined;
}

async function expiredIn(
  content: RegistryContent,
  place: Place,
  digests: ReadonlyMap<string, string>,
  policy: LifecyclePolicy,
): Promise<Set<string>> {
  const tags = new Map<string, string[]>();
  for (const [tag, digest] of digests) tags.set(digest, [...(tags.get(digest) ?? []), tag]);
  const images = await Promise.all(
    [...tags].map(async ([digest, own]) => {
      const image = await registryImage(content, place, digest);
      return { digest, tags: own, created: image?.side.configuration.created ?? "" };
    }),
  );
  return expiredDigests(policy, images);
}
