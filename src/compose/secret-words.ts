import { literalPattern } from "../values/literal-pattern.ts";
import { shellWord } from "../values/shell-word.ts";
import type { HostKind } from "./read-service.ts";
import { isSecretLike } from "./secret-like.ts";
import { joined, type Text, type TextPart } from "./variable-text.ts";

/** A secret as words of a command have it: by the variable that the file names, or as it is written. */
export interface KnownSecret {
  /** What the service calls it. */
  readonly name: string;
  /** The deployer's variable. */
  readonly variable: string;
  /** What it was in the file, where it was written there. */
  readonly value?: string;
}

/** Words without a secret in them, and the secrets that a shell reads for them. */
export interface SecretWords {
  readonly words: readonly Text[];
  readonly used: readonly KnownSecret[];
}

const SHELL = /^(?:\/bin\/)?(?:ba|a)?sh$/;
/** Options behind which, or in which, a password stands. */
const OPTION = /^(--?[\w.-]*(?:requirepass|masterauth|password|passwd|secret|token)(?:=|$))(.*)$/i;

/**
 * The words of a command with each secret out of them: a shell reads it when the container starts, since what is declared
 * stands in Terraform's state.
 *
 * @param known the secrets of the project @param own what one is called that is found here
 */
export function secretWords(
  words: readonly Text[],
  known: readonly KnownSecret[],
  own: string,
  host: HostKind,
): SecretWords {
  const used: KnownSecret[] = [];
  const isShell = SHELL.test(`${words[0]?.[0] ?? ""}`) && words[1]?.[0] === "-c";
  const read = (secret: KnownSecret) => {
    if (!used.some(({ name }) => name === secret.name)) used.push(secret);
    return host === "aws" ? `$${secret.name}` : `$(cat /run/secrets/${secret.name})`;
  };
  const sealed = (text: Text, quote: (plain: string) => string, quoted: (read: string) => string): Text =>
    joined(text.flatMap((part): TextPart[] => sealedPart(part, known, read, quote, quoted)));
  if (isShell) {
    const script = sealed(
      words[2] ?? [],
      (plain) => plain,
      (each) => each,
    ).map((part) => (typeof part === "string" && host === "local" ? readsFiles(part, known, read) : part));
    const [shell = ["sh"], option = ["-c"], , ...rest] = words;
    return { words: [shell, option, joined(script).map(plainVariables), ...rest], used };
  }
  const inShell = words.map((text, index) => {
    const literal = literalSecret(text, words[index - 1]);
    if (literal === undefined) return sealed(text, shellWord, (each) => `"${each}"`);
    return [`${literal.option}"${read({ name: own, variable: own, value: literal.value })}"`];
  });
  if (used.length === 0) return { words, used };
  const script = inShell.flatMap((text, index) => (index === 0 ? text : [" ", ...text]));
  return { words: [["sh"], ["-c"], joined(["exec ", ...script])], used };
}

function sealedPart(
  part: TextPart,
  known: readonly KnownSecret[],
  read: (secret: KnownSecret) => string,
  quote: (plain: string) => string,
  quoted: (read: string) => string,
): TextPart[] {
  if (typeof part !== "string") {
    if (part.kind !== "variable") return [part];
    const { name } = part;
    const secret = known.find(({ variable }) => variable === name);
    if (secret === undefined && !isSecretLike(name, "$")) return [part];
    return [quoted(read(secret ?? { name, variable: name }))];
  }
  const found = known.find(({ value }) => value !== undefined && placesOf(value).test(part));
  if (found?.value === undefined) return [part === "" ? "" : quote(part)];
  const [before = "", ...after] = part.split(placesOf(found.value));
  return [
    before === "" ? "" : quote(before),
    ...after.flatMap((rest) => [quoted(read(found)), rest === "" ? "" : quote(rest)]),
  ];
}

/** Where a value stands for itself: a word, or behind an option's sign; never a part of a path or of another word. */
function placesOf(value: string): RegExp {
  const text = literalPattern(value);
  return value.length < 4 ? /$^/ : new RegExp(`(?<=^|[\\s"'=:]|(?:^|\\s)-p)${text}(?=$|[\\s"'@])`);
}

/** `${NAME}` as `$NAME`, where that is the same: in a program the former looks like a template. */
function plainVariables(part: TextPart): TextPart {
  return typeof part === "string" ? part.replace(/\$\{([A-Za-z_]\w*)\}(?!\w)/g, "$$$1") : part;
}

/** A script's own variables of secrets, which are files on a local engine. */
function readsFiles(script: string, known: readonly KnownSecret[], read: (secret: KnownSecret) => string): string {
  return known.reduce(
    (text, secret) =>
      text.replace(new RegExp(`\\$(?:\\{${secret.name}\\}|${secret.name}(?![A-Za-z0-9_]))`, "g"), () => read(secret)),
    script,
  );
}

function literalSecret(
  text: Text,
  before: Text | undefined,
): { readonly option: string; readonly value: string } | undefined {
  const [word, ...more] = text;
  if (typeof word !== "string" || more.length > 0) return undefined;
  const [, option = "", value = ""] = OPTION.exec(word) ?? [];
  if (option.endsWith("=") && value !== "") return { option, value };
  const [, behind = "", rest] = OPTION.exec(`${before?.[0] ?? ""}`) ?? [];
  if (behind === "" || behind.endsWith("=") || rest !== "" || word.startsWith("-")) return undefined;
  return { option: "", value: word };
}
