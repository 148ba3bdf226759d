import type { Arguments, Tools } from "../tools.ts";
import { flattenImage } from "./flatten-image.ts";
import { imageHistory } from "./image-history.ts";
import { inspectImage } from "./inspect-image.ts";
import { listImages } from "./list-images.ts";
import { listTags } from "./list-tags.ts";
import { loadImages } from "./load-images.ts";
import { pullImages } from "./pull-images.ts";
import { pushImage } from "./push-image.ts";
import { pruneImages, removeImage } from "./remove-images.ts";
import { saveImages } from "./save-images.ts";
import { searchHub } from "./search-hub.ts";
import { tagImage } from "./tag-image.ts";

const ACTIONS: Readonly<Record<string, (asked: Arguments, tools: Tools) => Promise<number>>> = {
  inspect: inspectImage,
  history: imageHistory,
  tags: listTags,
  tag: tagImage,
  search: searchHub,
  pull: pullImages,
  push: pushImage,
  rm: removeImage,
  prune: pruneImages,
  save: saveImages,
  load: loadImages,
  flatten: flattenImage,
};

/** What is declared of images, what registries have of them, and what runs, side by side. */
export function images(asked: Arguments, tools: Tools): Promise<number> {
  if (asked.action === undefined) return listImages(asked, tools);
  const action = ACTIONS[asked.action];
  if (!action) throw new Error(`action must be one of ${Object.keys(ACTIONS).join(", ")}, got ${asked.action}`);
  return action(asked, tools);
}
