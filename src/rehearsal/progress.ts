const QUIET_MS = 15_000;

/** Lines of what goes on, each after the seconds since the beginning; where none comes for a while, what goes on still. */
export class Progress {
  readonly #began = Date.now();
  readonly #pulse: NodeJS.Timeout;
  #last = Date.now();
  #doing = "";
  #heard = "";

  /** @param quietMs milliseconds without a line after which one comes */
  constructor(
    private readonly print: (line: string) => void,
    private readonly quietMs = QUIET_MS,
  ) {
    this.#pulse = setInterval(() => this.#tick(), quietMs / 4);
    this.#pulse.unref();
  }

  get seconds(): number {
    return (Date.now() - this.#began) / 1000;
  }

  /** Says what is done now. */
  readonly log = (line: string): void => {
    this.#doing = line;
    this.#heard = "";
    this.#say(line);
  };

  /** Hears what a program says meanwhile, of which the last line is told when nothing else is. */
  readonly hear = (chunk: string): void => {
    this.#heard = chunk.split("\n").findLast((line) => line.trim() !== "") ?? this.#heard;
  };

  stop(): void {
    clearInterval(this.#pulse);
  }

  #tick(): void {
    if (Date.now() - this.#last < this.quietMs) return;
    const heard = this.#heard.trim();
    this.#say(heard === "" ? `${this.#doing}: still at it` : `${this.#doing}: ${heard}`);
  }

  #say(line: string): void {
    this.#last = Date.now();
    this.print(`[${this.seconds.toFixed(1).padStart(6)}] ${line}`);
  }
}
