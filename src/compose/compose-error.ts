/** A compose file that cannot be read; the message names the file, the place, the rule and what to do. */
export class ComposeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}
