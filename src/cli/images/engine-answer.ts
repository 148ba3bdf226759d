import type Docker from "dockerode";

interface Progress {
  readonly status?: string;
  readonly stream?: string;
  readonly error?: string;
  readonly aux?: { readonly Digest?: string; readonly ID?: string };
}

/** Waits for what an engine does and tells on the way; what it said, or its own error. */
export function engineAnswer(client: Docker, stream: NodeJS.ReadableStream): Promise<readonly Progress[]> {
  return new Promise((resolve, reject) => {
    client.modem.followProgress(stream, (error: Error | null, said: Progress[] = []) => {
      const failed = said.find((each) => each.error !== undefined);
      if (error) reject(error);
      else if (failed) reject(new Error(failed.error));
      else resolve(said);
    });
  });
}
