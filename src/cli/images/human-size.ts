const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Bytes as Docker's tables have them: three digits, in decimal units. */
export function humanSize(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${Number(size.toPrecision(3))}${UNITS[unit]}`;
}
