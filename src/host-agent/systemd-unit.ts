import { InvalidValueError } from "../values/invalid-value-error.ts";

/** The directives of one section; a list gives one line each. */
export type UnitSection = Readonly<Record<string, string | number | readonly string[]>>;

export type UnitSections = { readonly [Name in "Unit" | "Service" | "Timer" | "Install"]?: UnitSection };

/** The text of a systemd unit or of a drop-in. `%` is systemd's escape and is doubled. @throws InvalidValueError for a line break */
export function systemdUnit(sections: UnitSections): string {
  return Object.entries(sections)
    .map(([name, section]) => `[${name}]\n${Object.entries(section).flatMap(lines).join("")}`)
    .join("\n");
}

function lines([key, value]: readonly [string, UnitSection[string]]): string[] {
  const values = typeof value === "object" ? value : [value];
  return values.map((each) => `${key}=${checked(key, `${each}`).replaceAll("%", "%%")}\n`);
}

function checked(key: string, value: string): string {
  if (/^[A-Z][A-Za-z]*$/.test(key) && !/[\n\r]|\\$/.test(value)) return value;
  throw new InvalidValueError({ subject: `systemd directive ${key}`, rule: "must be one line", got: value });
}
