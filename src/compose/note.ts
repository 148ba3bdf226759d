/** What of a compose file has no equal, or became something else, and why. */
export interface Note {
  /** The key as the file has it, e.g. `deploy.replicas`. */
  readonly key: string;
  readonly reason: string;
}

/** Collects what there is to say of one service. */
export class Notes {
  private readonly said: Note[] = [];

  add(key: string, reason: string): void {
    if (!this.said.some((note) => note.key === key && note.reason === reason)) this.said.push({ key, reason });
  }

  /** What `read` makes, or nothing and its reason where a value is refused. @param key what the file calls it */
  accept<T>(key: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.add(key, (error as Error).message);
      return undefined;
    }
  }

  get all(): readonly Note[] {
    return this.said;
  }
}
