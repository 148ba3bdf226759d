/** Reads the environment, or ends the process with one line that says what is wrong. */
export function readConfiguration(environment) {
  try {
    return {
      port: wholeNumber(environment, "PORT", 3000, 1, 65_535),
      readyAfterSeconds: wholeNumber(environment, "READY_AFTER_SECONDS", 15, 0, 3_600),
      catalogUrl: baseUrl(environment, "MOVIE_CATALOG_SERVICE"),
    };
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

function wholeNumber(environment, name, usual, least, most) {
  const text = environment[name] ?? String(usual);
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`${name} is a whole number from ${least} to ${most}, got '${text}'`);
}

function baseUrl(environment, name) {
  const text = environment[name] ?? "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return text.replace(/\/+$/, "");
  throw new Error(`${name} is the catalogue's base URL, such as http://catalog:8080, got '${text}'`);
}
