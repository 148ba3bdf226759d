/** Seconds as the provider reads them back, for whom `90s` would be another value than `1m30s`. */
export function goDuration(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours === 0 && minutes === 0) return `${rest}s`;
  return `${hours > 0 ? `${hours}h` : ""}${minutes > 0 || rest > 0 ? `${minutes}m` : ""}${rest > 0 ? `${rest}s` : ""}`;
}
