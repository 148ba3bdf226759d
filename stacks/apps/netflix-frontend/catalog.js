const TIMEOUT_MILLISECONDS = 5_000;

/** The movie catalogue, seen through its HTTP API. */
export class Catalog {
  #url;

  constructor(url) {
    this.#url = url;
  }

  /** The catalogue's answer to `/discover`, as it came. */
  async discover(search) {
    const target = `${this.#url}/discover${search}`;
    try {
      const answer = await fetch(target, { signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
      const type = answer.headers.get("content-type")?.split(";")[0] ?? "application/json";
      return { status: answer.status, type, body: await answer.text() };
    } catch (error) {
      throw new Error(`the catalogue does not answer at ${target}: ${error.cause?.message || error.message}`);
    }
  }

  /** The titles of a type, the most popular first. */
  async titles(type) {
    const answer = await this.discover(`?${new URLSearchParams({ type })}`);
    if (answer.status !== 200) throw new Error(`the catalogue answered ${answer.status} instead of its titles`);
    try {
      return JSON.parse(answer.body).sort((a, b) => b.popularity - a.popularity);
    } catch {
      throw new Error("the catalogue answered something else than a list of titles");
    }
  }
}
