import type { Translation } from "../../compose/translated-service.ts";
import type { WrittenFile } from "./written-file.ts";

const PORT = 8080;

/** A stack of one page, for who begins without a compose file. */
export function starterTranslation(stack: string): Translation {
  return {
    stack,
    services: [
      {
        name: "web",
        composeName: "web",
        dependsOn: [],
        image: { kind: "built", context: "app", args: {}, labels: {} },
        port: PORT,
        health: { path: "/", times: {} },
        env: {},
        secrets: {},
        mounts: {},
        options: { memoryMiB: 32, init: true },
        profiles: [],
        notes: [],
      },
    ],
    left: [],
    sites: [{ name: `${stack}.localhost`, service: "web" }],
    notes: [],
  };
}

/** The application: a page, and the Dockerfile that serves it. */
export function starterApp(stack: string): WrittenFile[] {
  return [
    { path: "app/Dockerfile", text: DOCKERFILE },
    { path: "app/.dockerignore", text: "Dockerfile\n.dockerignore\n" },
    { path: "app/index.html", text: page(stack) },
  ];
}

const DOCKERFILE = `FROM busybox:1.37
COPY index.html /www/
USER 65534
EXPOSE ${PORT}
CMD ["httpd", "-f", "-p", "${PORT}", "-h", "/www"]
`;

function page(stack: string): string {
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>${stack}</title>
  <h1>${stack}</h1>
  <p>Change this line in app/index.html, and run <code>npx slipway up</code> again.</p>
</html>
`;
}
