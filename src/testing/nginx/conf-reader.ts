/** One directive as Nginx's own grammar has it, read from any text. */
export interface ReadDirective {
  readonly name: string;
  readonly words: readonly string[];
  readonly children?: readonly ReadDirective[];
}

// token = comment / punctuation / quoted / bare, as ngx_conf_read_token splits them
const TOKEN =
  /\s+|#[^\n]*|[;{}]|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|(?:[^\s;{}"'#\\]|\\[\s\S])(?:\$\{|[^\s;{\\]|\\[\s\S])*/y;

/** Reads a configuration. @throws Error where Nginx would refuse its shape */
export function readConf(text: string): ReadDirective[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const [token] = TOKEN.exec(text) ?? [];
    if (token === undefined) throw new Error(`no token at ${at}: ${text.slice(at, at + 20)}`);
    if (/\S/.test(token) && !token.startsWith("#")) tokens.push(token);
  }
  const read = readBlock(tokens, 0);
  if (read.next !== tokens.length) throw new Error('unexpected "}"');
  return read.directives;
}

function readBlock(tokens: readonly string[], start: number): { directives: ReadDirective[]; next: number } {
  const directives: ReadDirective[] = [];
  let words: string[] = [];
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at] as string;
    if (token === "}") {
      if (words.length > 0) throw new Error(`${words[0]} is not ended`);
      return { directives, next: at };
    }
    if (token !== ";" && token !== "{") {
      words.push(unquoted(token));
      continue;
    }
    const [name, ...rest] = words;
    if (name === undefined) throw new Error(`unexpected "${token}"`);
    words = [];
    if (token === ";") {
      directives.push({ name, words: rest });
      continue;
    }
    const block = readBlock(tokens, at + 1);
    if (tokens[block.next] !== "}") throw new Error(`${name} is not closed`);
    directives.push({ name, words: rest, children: block.directives });
    at = block.next;
  }
  if (words.length > 0) throw new Error(`${words[0]} is not ended`);
  return { directives, next: tokens.length };
}

function unquoted(token: string): string {
  const text = /^["']/.test(token) ? token.slice(1, -1) : token;
  return text.replace(/\\(["'\\])/g, "$1");
}
