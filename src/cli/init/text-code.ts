import { constName } from "../../compose/slipway-name.ts";
import type { NeighbourAddress, Text, TextPart, Variable } from "../../compose/variable-text.ts";
import { inTemplate, quoted } from "./code.ts";

/** A text of a compose file as an expression: a literal, a variable of the environment, or a template with both. */
export function textCode(text: Text): string {
  const [only, ...more] = text;
  if (only === undefined) return '""';
  if (more.length > 0) return `\`${text.map(partInTemplate).join("")}\``;
  if (typeof only === "string") return quoted(only);
  return only.kind === "variable" ? variable(only) : neighbour(only);
}

function variable({ name, fallback = [], refusesEmpty }: Variable): string {
  return `process.env.${name} ${refusesEmpty ? "||" : "??"} ${textCode(fallback)}`;
}

function neighbour({ service, form }: NeighbourAddress): string {
  const name = serviceConst(service);
  if (form === "url") return `${name}.url`;
  if (form === "address") return `${name}.addressFrom(host)`;
  return form === "name" ? `${name}Name` : `${name}Port`;
}

function partInTemplate(part: TextPart): string {
  return typeof part === "string" ? inTemplate(part) : `\${${textCode([part])}}`;
}

const TAKEN = new Set(
  (
    "host registry site domain profiles email directory caFile await break case catch class const continue debugger default delete do " +
    "else enum export extends false finally for function if implements import in instanceof interface let new null " +
    "package private protected public return static super switch this throw true try typeof var void while with yield " +
    "arguments eval assert test stack process undefined"
  ).split(" "),
);

/** What the program calls a service. */
export function serviceConst(name: string): string {
  const plain = constName(name);
  return TAKEN.has(plain) ? `${plain}Service` : plain;
}
