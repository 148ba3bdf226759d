/** What a rehearsal put onto the machine, to be taken away in the reverse order whatever happened. */
export class Cleanup {
  readonly #steps: { what: string; undo: () => unknown }[] = [];

  add(what: string, undo: () => unknown): void {
    this.#steps.push({ what, undo });
  }

  /** Undoes every step, also after one that failed. @returns what could not be taken away */
  async run(): Promise<string[]> {
    const failures: string[] = [];
    for (const { what, undo } of this.#steps.splice(0).reverse()) {
      try {
        await undo();
      } catch (error) {
        failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return failures;
  }
}
