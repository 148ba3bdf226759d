import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { XmlElement } from "../../../../src/rehearsal/doubles/xml-element.ts";

/** Route 53 as far as one TXT record goes: a change is made whole where what it deletes is what is there. */
export class TxtRecord {
  values: string[] = [];
  ttl = 60;
  /** Hears of the values as soon as they are others. */
  changed: (values: readonly string[]) => Promise<unknown> = async () => undefined;
  /** How many more looks find a change on its way. */
  spreading = 1;
  readonly asked: string[] = [];
  /** Done once before the next change is made, as by another host. */
  meanwhile?: () => void;
  private server?: Server;

  /** @param name with a dot at its end */
  constructor(private readonly name: string) {}

  async start(): Promise<string> {
    this.server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
      this.asked.push(`${request.method} ${request.url}`);
      const scope = /Credential=[^/]+\/\d{8}\/us-east-1\/route53\//.test(request.headers.authorization ?? "");
      const isSigned = scope && request.headers["x-amz-security-token"] !== undefined;
      const before = JSON.stringify(this.values);
      const [status, answer] = isSigned ? this.answer(request.url ?? "", body) : [403, "<Message>unsigned</Message>"];
      if (JSON.stringify(this.values) !== before) await this.changed(this.values);
      response.writeHead(status as number).end(`<?xml version="1.0"?>\n${answer}`);
    }).listen(0, "127.0.0.1");
    await new Promise((done) => this.server?.once("listening", done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise((done) => this.server?.close(done));
  }

  answer(url: string, body: string): [number, string] {
    if (url.startsWith("/2013-04-01/change/")) {
      this.spreading -= 1;
      return [
        200,
        `<GetChangeResponse><Status>${this.spreading < 0 ? "INSYNC" : "PENDING"}</Status></GetChangeResponse>`,
      ];
    }
    if (url !== "/2013-04-01/hostedzone/Z1/rrset/") return [200, this.listed()];
    this.meanwhile?.();
    this.meanwhile = undefined;
    const changes = XmlElement.parse(body).all("Change");
    const of = (action: string) =>
      changes
        .find((change) => change.value("Action") === action)
        ?.children.find(
          (set) => set.name === "ResourceRecordSet" && set.value("Name") === this.name && set.value("Type") === "TXT",
        );
    const values = (set: XmlElement | undefined) =>
      set?.all("Value").map(({ text }) => text.replace(/^"(.*)"$/, "$1")) ?? [];
    const [deleted, created] = [of("DELETE"), of("CREATE")];
    const isThere = JSON.stringify(values(deleted)) === JSON.stringify(this.values);
    if (!isThere || (deleted && Number(deleted.value("TTL")) !== this.ttl))
      return [400, "<InvalidChangeBatch><Messages><Message>it is another</Message></Messages></InvalidChangeBatch>"];
    this.values = values(created);
    this.ttl = Number(created?.value("TTL") ?? 60);
    return [200, "<ChangeInfo><Id>/change/C1</Id><Status>PENDING</Status></ChangeInfo>"];
  }

  /** The first record from the name on that is asked for: another one where that is not there. */
  private listed(): string {
    const set = (name: string, values: readonly string[]) =>
      `<ResourceRecordSet><Name>${name}</Name><Type>TXT</Type><TTL>${this.ttl}</TTL>\n<ResourceRecords>${values
        .map((value) => `\n  <ResourceRecord><Value>"${value}"</Value></ResourceRecord>`)
        .join("")}</ResourceRecords></ResourceRecordSet>`;
    const found = this.values.length > 0 ? set(this.name, this.values) : set("other.example.com.", ["else"]);
    return `<ListResourceRecordSetsResponse><ResourceRecordSets>${found}</ResourceRecordSets></ListResourceRecordSetsResponse>`;
  }
}
