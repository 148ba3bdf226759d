const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

/** How long ago something was made, as Docker's tables say it; nothing where nobody knows when. */
export function humanAge(created: string | undefined, now: number): string {
  const at = Date.parse(created ?? "");
  // A build that is to be the same anywhere says that it was made at the beginning of time.
  if (!Number.isFinite(at) || at <= 0) return "N/A";
  return `${duration(Math.max(0, (now - at) / 1000))} ago`;
}

/** In UTC, in the form of Docker's own column. */
export function createdAt(created: string | undefined): string {
  const at = Date.parse(created ?? "");
  if (!Number.isFinite(at)) return "N/A";
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
}

/** @see https://github.com/docker/go-units/blob/master/duration.go */
function duration(seconds: number): string {
  const hours = Math.round(seconds / HOUR);
  const days = hours / 24;
  if (seconds < 1) return "Less than a second";
  if (Math.floor(seconds) === 1) return "1 second";
  if (seconds < MINUTE) return `${Math.floor(seconds)} seconds`;
  if (seconds < 2 * MINUTE) return "About a minute";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} minutes`;
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 14) return `${Math.floor(days)} days`;
  if (hours < 24 * 60) return `${Math.floor(days / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(days / 30)} months`;
  return `${Math.floor(seconds / DAY / 365)} years`;
}
