const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const TOKEN = /<(\/?)([A-Za-z_][\w:.-]*)((?:\s[^<>]*?)?)(\/?)>|([^<]+)/g;

/** One element of an answer of AWS's XML protocols, which use no attribute and no mixed content. */
export class XmlElement {
  readonly children: XmlElement[] = [];
  text = "";

  private constructor(readonly name: string) {}

  /** Reads `source` and returns its root element. */
  static parse(source: string): XmlElement {
    const document = new XmlElement("");
    const open = [document];
    for (const [, closing, name, , empty, text] of source.replace(/<[?!][^>]*>/g, "").matchAll(TOKEN)) {
      const current = open[open.length - 1] as XmlElement;
      if (text !== undefined) current.text += decode(text);
      else if (closing) {
        if (open.pop()?.name !== name) throw new Error(`xml closes ${name}, which is not the open element`);
      } else {
        const child = new XmlElement(name as string);
        current.children.push(child);
        if (!empty) open.push(child);
      }
    }
    const root = document.children[0];
    if (!root || open.length !== 1) throw new Error(`xml has no complete root element: ${source.slice(0, 80)}`);
    return root;
  }

  /** The first element at `path`, e.g. `instanceState/name`. */
  find(path: string): XmlElement | undefined {
    return path
      .split("/")
      .reduce<XmlElement | undefined>((at, name) => at?.children.find((child) => child.name === name), this);
  }

  /** The text at `path`, or `undefined` where there is no such element or it is empty. */
  value(path: string): string | undefined {
    return this.find(path)?.text.trim() || undefined;
  }

  /** The members of the list at `path`: EC2 calls them `item`, IAM and STS `member`. */
  items(path: string): XmlElement[] {
    return this.find(path)?.children.filter(({ name }) => name === "item" || name === "member") ?? [];
  }

  /** Every element called `name`, however deep. */
  all(name: string): XmlElement[] {
    return this.children.flatMap((child) => [...(child.name === name ? [child] : []), ...child.all(name)]);
  }
}

function decode(text: string): string {
  return text.replace(/&(#x?[0-9a-f]+|\w+);/gi, (entity, name: string) =>
    name.startsWith("#")
      ? String.fromCodePoint(Number(name.startsWith("#x") ? `0${name.slice(1)}` : name.slice(1)))
      : (ENTITIES[name] ?? entity),
  );
}
