import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformFileSync } from "@swc/core";
import type { TestApplication } from "../aws/nano/agent/test-images.ts";

const PORT = 8080;
// Node as the first process of a container ends by no signal that it does not handle
const DOCKERFILE = `FROM node:22.12.0-slim
ARG VERSION
COPY echo.cjs /srv/
STOPSIGNAL SIGKILL
EXPOSE ${PORT}
CMD ["node", "/srv/echo.cjs"]
`;

/** The application `echo` of the requests' table as an image: which service it is, a container hears by `NAME`. */
export function echoApplication(folder: string): TestApplication {
  const { code } = transformFileSync(join(__dirname, "http-echo.ts"), {
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "commonjs" },
  });
  const file = join(folder, "echo.cjs");
  writeFileSync(file, `${code}\nexports.HttpEcho.start(process.env.NAME, ${PORT}, "0.0.0.0");\n`);
  return { dockerfile: DOCKERFILE, files: { "echo.cjs": file } };
}
