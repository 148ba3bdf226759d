import { atLine, DockerfileError, Refusal } from "../dockerfile-error.ts";
import { DirectiveReader, type Directives, type EscapeCharacter } from "./directives.ts";
import { lowerCase, trimSpace, trimStart, wellFormed } from "./go-text.ts";
import { findHeredocs, type Heredoc, type HeredocSign } from "./heredoc.ts";
import { readNode } from "./read-node.ts";
import type { Comment, SourcePiece, SyntaxNode, SyntaxStatement } from "./syntax-node.ts";

/** A whole file, cut into instructions. */
export interface SyntaxTree {
  readonly directives: Directives;
  readonly statements: readonly SyntaxStatement[];
}

/** BuildKit's line buffer, in bytes. */
const LONGEST_LINE = 65_535;

const TAKES_HEREDOCS: ReadonlySet<string> = new Set(["add", "copy", "run"]);

/**
 * Reads `text` as BuildKit's parser does: directives, comments, continued lines, heredocs.
 * @throws DockerfileError where that parser refuses the file
 */
export function readSyntax(text: string): SyntaxTree {
  return new SyntaxReader(text).read();
}

class SyntaxReader {
  private readonly text: string;
  private readonly directives = new DirectiveReader();
  /** Where the next line starts, and how many lines are before it. */
  private at: number;
  private line = 0;
  private lineStart = 0;

  constructor(text: string) {
    this.text = wellFormed(text);
    this.at = text.startsWith("\ufeff") ? 1 : 0;
  }

  read(): SyntaxTree {
    const statements: SyntaxStatement[] = [];
    let comments: Comment[] = [];
    for (let line = this.takeLine(); line !== undefined; line = this.takeLine()) {
      const content = trimStart(trimLineEnd(line));
      const number = this.line;
      if (atLine(number, () => this.directives.take(content))) continue;
      if (content.startsWith("#")) comments.push({ line: number, text: trimSpace(content.slice(1)) });
      else if (content !== "") {
        statements.push(this.readStatement(content, comments));
        comments = [];
      }
    }
    if (statements.length === 0) {
      throw new DockerfileError({ line: Math.max(this.line, 1), reason: "the file has no instructions", got: "" });
    }
    return { directives: this.directives.directives, statements };
  }

  /** Reads the instruction that starts with `first`, the line just taken, to the end of its heredocs. */
  private readStatement(first: string, comments: readonly Comment[]): SyntaxStatement {
    const startLine = this.line;
    const escapeMark = this.directives.escape;
    const { source, pieces, emptyContinuations } = this.joinLines(first, escapeMark);
    return atLine(startLine, () => {
      const node = readNode(source, escapeMark);
      const signs = source.includes("<<") && canHoldHeredoc(node) ? findHeredocs(source) : [];
      const heredocs = signs.map((sign) => this.readHeredoc(sign));
      const { keyword, flags, args, json, trigger } = node;
      const place = { source, pieces, startLine, endLine: this.line, comments, emptyContinuations };
      return { keyword, flags, args, json, trigger, heredocs, ...place };
    });
  }

  private joinLines(
    first: string,
    escapeMark: EscapeCharacter,
  ): { source: string; pieces: SourcePiece[]; emptyContinuations: number[] } {
    const emptyContinuations: number[] = [];
    let piece = cutContinuation(first, escapeMark);
    let source = piece.text;
    const start = this.text.indexOf(first, this.lineStart);
    const pieces: SourcePiece[] = [{ at: 0, offset: start, length: piece.text.length }];
    while (piece.continues) {
      const line = this.takeLine();
      if (line === undefined) break;
      const content = trimLineEnd(line);
      const start = trimStart(content);
      if (start === "") emptyContinuations.push(this.line);
      if (start === "" || start.startsWith("#")) continue;
      piece = cutContinuation(content, escapeMark);
      pieces.push({ at: source.length, offset: this.lineStart, length: piece.text.length });
      source += piece.text;
    }
    return { source, pieces, emptyContinuations };
  }

  private readHeredoc(sign: HeredocSign): Heredoc {
    let content = "";
    for (let line = this.takeLine(); line !== undefined; line = this.takeLine()) {
      const bare = trimLineEnd(line);
      if ((sign.chomp ? bare.replace(/^\t+/, "") : bare) === sign.name) return { ...sign, content };
      content += line;
    }
    throw new Refusal("a heredoc is not ended", sign.name, `end it with a line ${sign.name}`);
  }

  /** The next line with its line feed. */
  private takeLine(): string | undefined {
    if (this.at >= this.text.length) return undefined;
    const feed = this.text.indexOf("\n", this.at);
    const line = this.text.slice(this.at, feed < 0 ? undefined : feed + 1);
    this.lineStart = this.at;
    this.at += line.length;
    this.line++;
    if (isTooLong(line)) {
      const got = line.slice(0, 20);
      throw new DockerfileError({ line: this.line, reason: `a line holds at most ${LONGEST_LINE} bytes`, got });
    }
    return line;
  }
}

/** `line` without the character that continues it; an escaped escape character at the end continues nothing. */
function cutContinuation(line: string, escapeMark: EscapeCharacter): { text: string; continues: boolean } {
  let end = line.length;
  while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t")) end--;
  const continues = end > 0 && line.charAt(end - 1) === escapeMark && line.charAt(end - 2) !== escapeMark;
  return { text: continues ? line.slice(0, end - 1) : line, continues };
}

function trimLineEnd(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === "\n" || line[end - 1] === "\r")) end--;
  return line.slice(0, end);
}

function isTooLong(line: string): boolean {
  if (line.length * 3 <= LONGEST_LINE) return false;
  return Buffer.byteLength(line.endsWith("\n") ? line.slice(0, -1) : line) > LONGEST_LINE;
}

function canHoldHeredoc(node: SyntaxNode): boolean {
  const inner = node.trigger ?? node;
  return TAKES_HEREDOCS.has(lowerCase(inner.keyword)) && !inner.json;
}
