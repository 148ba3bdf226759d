import { ApiRefusal } from "./api-call.ts";
import type { ApiFront } from "./api-front.ts";
import type { MotoClient } from "./moto-client.ts";

/** What a document may hold, what it is given when it is sent included. */
const DOCUMENT_BYTES = 65_536;
const NAME = /^[a-zA-Z0-9_\-.]{3,128}$/;

/** What Systems Manager refuses of documents and moto does not. */
export function emulateDocumentStore(front: ApiFront, moto: MotoClient): void {
  for (const action of ["CreateDocument", "UpdateDocument"]) {
    front.intercept("ssm", action, async ({ input }, forward) => {
      if (!NAME.test(String(input.Name ?? ""))) {
        throw new ApiRefusal("ValidationException", `Value '${input.Name}' at 'name' failed to satisfy constraint`);
      }
      refuseSize(String(input.Content ?? ""));
      return await forward();
    });
  }
  front.intercept("ssm", "SendCommand", async ({ input }, forward) => {
    const document = await moto.json("ssm", "GetDocument", { Name: input.DocumentName }).catch(() => ({ Content: "" }));
    refuseSize(`${document.Content}${JSON.stringify(input.Parameters ?? {})}`);
    return await forward();
  });
}

function refuseSize(content: string): void {
  if (Buffer.byteLength(content) <= DOCUMENT_BYTES) return;
  throw new ApiRefusal("MaxDocumentSizeExceeded", `The size limit of a document is ${DOCUMENT_BYTES / 1024} KB.`);
}
