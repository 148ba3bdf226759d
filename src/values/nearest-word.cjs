// @ts-check
// Plain JavaScript, for the command line suggests words before TypeScript can be read.

/** More edits than this are another word, not a slip. */
const MOST_EDITS = 2;

/**
 * The one of `words` that `typed` was probably meant to be.
 * @param {string} typed
 * @param {readonly string[]} words
 * @returns {string | undefined}
 */
function nearest(typed, words) {
  /** @type {string | undefined} */
  let best;
  let fewest = MOST_EDITS + 1;
  for (const word of words) {
    if (Math.abs(word.length - typed.length) >= fewest) continue;
    const edits = distance(typed, word);
    if (edits < fewest) [best, fewest] = [word, edits];
  }
  return best;
}

/**
 * How many letters to add, drop or change (Levenshtein).
 * @param {string} from
 * @param {string} to
 */
function distance(from, to) {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const current = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = (previous[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

module.exports = { nearest };
