import { XMLParser } from "fast-xml-parser";

/** A node as the parser gives it: `{ name: [children] }`, or `{ "#text": "..." }`. */
type Node = Readonly<Record<string, readonly Node[] | string>>;

/** Texts stay texts, also where they look like numbers: ids of AWS have leading zeros. */
const PARSER = new XMLParser({
  preserveOrder: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  htmlEntities: true,
});

/** One element of an answer of AWS's XML protocols, which use no attribute and no mixed content. */
export class XmlElement {
  readonly children: readonly XmlElement[];
  readonly text: string;

  private constructor(
    readonly name: string,
    nodes: readonly Node[],
  ) {
    this.children = nodes.flatMap((node) =>
      Object.entries(node).flatMap(([child, content]) =>
        typeof content === "string" ? [] : [new XmlElement(child, content)],
      ),
    );
    this.text = nodes.map((node) => node["#text"] ?? "").join("");
  }

  /** Reads `source` and returns its root element. @throws where it is no XML with one root */
  static parse(source: string): XmlElement {
    let nodes: readonly Node[];
    try {
      nodes = PARSER.parse(source, true) as readonly Node[];
    } catch (error) {
      throw new Error(`no XML: ${(error as Error).message} in ${source.slice(0, 80)}`, { cause: error });
    }
    const [root, ...more] = new XmlElement("", nodes).children;
    if (!root || more.length > 0) throw new Error(`no XML with one root element: ${source.slice(0, 80)}`);
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
