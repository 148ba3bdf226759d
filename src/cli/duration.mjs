// @ts-check

/**
 * A length of time as people say it.
 * @param {number} milliseconds
 * @param {"whole"} [precision] without tenths of a second
 */
export function duration(milliseconds, precision) {
  if (precision && milliseconds < 59_500) return `${Math.round(milliseconds / 1000)} s`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
