import { type ExternalImage, externalImage } from "./image-config.ts";
import type { Instruction } from "./instructions/instruction.ts";
import { placeCsvFields } from "./instructions/instruction-source.ts";
import { namesImage, type Stage } from "./stage.ts";
import type { Statement } from "./statement.ts";
import type { EscapeCharacter } from "./syntax/directives.ts";
import { lowerCase, splitBlanks } from "./syntax/go-text.ts";
import { type PlacedWord, placeWords } from "./syntax/instruction-words.ts";

/** A piece of a file's text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A word that names an image, and what to put in its place for it to name another. */
export interface ImagePlace {
  readonly image: ExternalImage;
  /** Where the word stands; absent where a continuation breaks it over lines. */
  readonly range?: TextRange;
  /** The text that makes `name` of the word, the quotes and flags around it kept. */
  readonly write: (name: string) => string;
  /** Whether only a build upon this image asks for it: an ONBUILD that no stage of the file runs. */
  readonly dormant: boolean;
}

/** A word's place in an instruction's joined line. */
interface LinePlace extends TextRange {
  readonly write: (name: string) => string;
}

const asIs = (name: string) => name;

/** Every word of the file that names an image, in the order of the file. */
export function imagePlaces(stages: readonly Stage[], escapeMark: EscapeCharacter): ImagePlace[] {
  const builtUpon = new Set(stages.map(({ parent }) => parent));
  return stages.flatMap((stage) => {
    const { base, from } = stage;
    const own = base.kind === "image" ? [placed(from, base, placeOfFrom(from.source, escapeMark), false)] : [];
    return own.concat(
      stage.instructions.flatMap((it) => {
        const { instruction, start } = innermost(it, escapeMark);
        if (instruction === undefined) return [];
        const line = it.range.start;
        const dormant = it.keyword === "ONBUILD" && !builtUpon.has(stage);
        return sourcesOf(instruction, it.source.slice(start), escapeMark)
          .filter(({ from: name }) => namesImage(stages, name, instruction.keyword === "COPY" ? "COPY" : "RUN"))
          .map(({ from: name, place }) => {
            const range = { ...place, start: place.start + start, end: place.end + start };
            return placed(it, externalImage(line, name, name), range, dormant);
          });
      }),
    );
  });
}

function placed(it: Statement, image: ExternalImage, place: LinePlace, dormant: boolean): ImagePlace {
  const range = inFile(it, place);
  return { image, write: place.write, dormant, ...(range ? { range } : {}) };
}

/** Where a part of the joined line stands in the file, if it stands there in one piece. */
function inFile({ pieces }: Statement, { start, end }: TextRange): TextRange | undefined {
  const piece = pieces.find(({ at, length }) => start >= at && end <= at + length && start < at + length);
  if (!piece) return undefined;
  return { start: start - piece.at + piece.offset, end: end - piece.at + piece.offset };
}

/** The instruction, or the one inside an ONBUILD, and where it starts in the joined line. */
function innermost(it: Statement, escapeMark: EscapeCharacter): { instruction?: Instruction; start: number } {
  if (it.keyword !== "ONBUILD") return { instruction: it, start: 0 };
  return { instruction: it.trigger, start: placeWords(it.source, escapeMark).rest };
}

function placeOfFrom(line: string, escapeMark: EscapeCharacter): LinePlace {
  const start = placeWords(line, escapeMark).rest;
  const [word = ""] = splitBlanks(line.slice(start));
  return { start, end: start + word.length, write: asIs };
}

/** What `--from` and the mounts of `instruction` name, and where in `line`, which is its own. */
function sourcesOf(
  instruction: Instruction,
  line: string,
  escapeMark: EscapeCharacter,
): { readonly from: string; readonly place: LinePlace }[] {
  if (instruction.keyword !== "RUN" && instruction.keyword !== "COPY") return [];
  return placeWords(line, escapeMark).flags.flatMap((flag) => {
    const equals = flag.text.indexOf("=") + 1;
    if (instruction.keyword === "COPY") {
      if (flag.text.slice(0, equals) !== "--from=" || flag.text.length === equals) return [];
      return [{ from: flag.text.slice(equals), place: placeOfPart(line, flag, equals, flag.text.length, escapeMark) }];
    }
    if (flag.text.slice(0, equals) !== "--mount=") return [];
    const fields = placeCsvFields(flag.text.slice(equals)).filter(({ text }) => /^from=./.test(lowerCase(text)));
    const last = fields.at(-1);
    if (!last) return [];
    const start = equals + last.start + "from=".length;
    const from = last.text.slice("from=".length);
    return [{ from, place: placeOfPart(line, flag, start, start + from.length, escapeMark) }];
  });
}

/** The place of a part of a flag, given by its start and end in the flag's text. */
function placeOfPart(
  line: string,
  { text, start, end, places }: PlacedWord,
  from: number,
  to: number,
  escapeMark: EscapeCharacter,
): LinePlace {
  const first = places[from] ?? start;
  const last = (places[to - 1] ?? end - 1) + 1;
  if (last - first === to - from) {
    const quote = line.charAt(first - 1);
    const around = (quote === '"' || quote === "'") && line.charAt(last) === quote && places[from - 1] === first - 2;
    return around ? { start: first - 1, end: last + 1, write: asIs } : { start: first, end: last, write: asIs };
  }
  // Quotes or escapes stand inside the name, and may go on beyond it: the whole flag is written anew.
  const escaped = (part: string) => part.replace(/[\s"'\\`]/g, (mark) => `${escapeMark}${mark}`);
  return { start, end, write: (name) => escaped(text.slice(0, from)) + name + escaped(text.slice(to)) };
}
