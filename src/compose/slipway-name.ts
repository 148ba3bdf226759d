/** A name as Slipway's services and volumes have it: lower-case letters, digits and inner dashes, a letter first, 40 at most. */
export function slipwayName(text: string, otherwise = "app"): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return name === "" ? otherwise : name;
}

/** {@link slipwayName} for each of `names`, no two alike. */
export function slipwayNames(names: Iterable<string>): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  const taken = new Set<string>();
  for (const text of names) {
    const wanted = slipwayName(text);
    let name = wanted;
    for (let count = 2; taken.has(name); count++) name = `${wanted.slice(0, 36)}-${count}`;
    taken.add(name);
    given.set(text, name);
  }
  return given;
}

/** A name of a program for what is called `name`. */
export function constName(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
