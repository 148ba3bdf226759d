const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escaped = (text) => String(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);

const page = (title, body) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escaped(title)}</title>
    <style>
      body { margin: 0 auto; max-width: 60rem; padding: 1rem 2rem; background: #141414; color: #e5e5e5; font: 1rem/1.5 system-ui, sans-serif; }
      a { color: #ff5a63; }
      ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1rem; padding: 0; list-style: none; }
      li { padding: 1rem; border-radius: 0.5rem; background: #222; }
      h2 { margin: 0; font-size: 1.1rem; }
    </style>
  </head>
  <body>
${body}
  </body>
</html>
`;

const item = (title) => `      <li>
        <h2>${escaped(title.title ?? title.name)}</h2>
        <p>${escaped(title.overview)}</p>
        <small>${escaped(title.vote_average)} of 10</small>
      </li>`;

/** The page that lists `titles`. */
export function titlesPage(type, titles) {
  const heading = type === "tv" ? "Series" : "Movies";
  return page(
    heading,
    `    <h1>${heading}</h1>
    <nav><a href="/?type=movie">Movies</a> · <a href="/?type=tv">Series</a></nav>
    <ul>
${titles.map(item).join("\n")}
    </ul>`,
  );
}

/** The page that says why there are no titles. */
export function errorPage(reason) {
  return page(
    "The catalogue cannot be reached",
    `    <h1>The catalogue cannot be reached</h1>
    <p>${escaped(reason)}</p>`,
  );
}
