import type { Draft } from "./draft.ts";
import { fileAddresses } from "./file-addresses.ts";
import { addressed, type Reference } from "./neighbours.ts";
import type { Text } from "./variable-text.ts";

/**
 * Every place of a service's variables, secrets, words and mounted files that names another one, or itself.
 * @param names what each neighbour is called, as the file calls it
 */
export function referencesOf(
  { environment, command = [], entrypoint = [], mounts, read }: Draft,
  names: ReadonlyMap<string, string>,
): Reference[] {
  const of = (text: Text, key?: string) => addressed(text, key, names).references;
  return [
    ...Object.entries({ ...environment.env, ...environment.values }).flatMap(([key, text]) => of(text, key)),
    ...[...command, ...entrypoint].flatMap((word) => of(word)),
    ...Object.values(mounts).flatMap((mount) => fileAddresses(mount, read.directory, names)),
  ];
}
