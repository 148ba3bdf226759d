// @ts-check
// Plain JavaScript that both the command line's set-up and what is compiled of it read.

/**
 * The lines of a text, none wider than a terminal where that can be had by going on below at a space: a terminal would
 * break in the middle of a word.
 * @param {string} text
 * @param {number} width
 * @param {string} [hanging] what stands before each line that goes on; two spaces more than the line has, unless given
 */
function wrapped(text, width, hanging) {
  return text.split("\n").flatMap((line) => {
    if (line.length <= width) return [line];
    const indent = hanging ?? `${/^ */.exec(line)?.[0]}  `;
    /** @type {string[]} */
    const lines = [];
    for (const word of line.split(" ")) {
      const last = lines.at(-1);
      if (last === undefined) lines.push(word);
      else if (last.length + 1 + word.length <= width || last.trim() === "")
        lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(`${indent}${word}`);
    }
    return lines;
  });
}

module.exports = { wrapped };
