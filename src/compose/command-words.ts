import { ComposeError } from "./compose-error.ts";

/**
 * The words of a command that is written as one text, split as a shell splits them and not run by one: that is how
 * Compose reads `command: bundle exec thin -p 3000`.
 *
 * @throws ComposeError for a quote that nothing closes
 */
export function commandWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote === "" && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === quote) quote = "";
    else if (quote === "" && (character === '"' || character === "'")) {
      quote = character;
      word ??= "";
    } else if (character === "\\" && quote !== "'" && at + 1 < text.length) {
      const next = text.charAt(++at);
      word = `${word ?? ""}${quote === '"' && !/["\\$`\n]/.test(next) ? "\\" : ""}${next}`;
    } else word = `${word ?? ""}${character}`;
  }
  if (quote !== "") throw new ComposeError(`a command must close its quotes, got ${JSON.stringify(text)}`);
  return word === undefined ? words : [...words, word];
}
