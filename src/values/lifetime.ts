import { InvalidValueError } from "./invalid-value-error.ts";

const MINUTES = { m: 1, h: 60, d: 24 * 60 } as const;
const SHORTEST = 10;
const LONGEST = 90 * MINUTES.d;

/** How long something is meant to be there, e.g. `3d`: minutes, hours or days. */
export class Lifetime {
  /** @throws InvalidValueError when `text` is no number of minutes, hours or days, or out of range */
  static parse(text: string): Lifetime {
    const [, count = "", unit = ""] = (typeof text === "string" && /^([1-9][0-9]{0,4})([mhd])$/.exec(text)) || [];
    const minutes = Number(count) * (MINUTES[unit as keyof typeof MINUTES] ?? 0);
    if (minutes >= SHORTEST && minutes <= LONGEST) return new Lifetime(text, minutes);
    const rule = "must be a whole number of minutes, hours or days, from 10m to 90d";
    throw new InvalidValueError({ subject: "lifetime", rule, got: text, remedy: 'write it like "3d"' });
  }

  private constructor(
    private readonly text: string,
    readonly minutes: number,
  ) {}

  toString(): string {
    return this.text;
  }
}
