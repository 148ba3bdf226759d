import { freePort } from "../../src/rehearsal/free-port.ts";
import { get } from "./raw-request.ts";
import { NginxFolder } from "./running-nginx.ts";

/** What a real Nginx answers for each token, written after `return 200`. */
export async function servedTexts(tokens: readonly string[]): Promise<string[]> {
  const port = await freePort();
  const locations = tokens.map((token, index) => `location = /${index} { return 200 ${token}; }`);
  const server = `server { listen 127.0.0.1:${port}; access_log off; ${locations.join("\n")} }`;
  const include = "include /etc/nginx/slipway/*.conf;";
  const folder = new NginxFolder({
    "/etc/nginx/nginx.conf": `events { } http { ${include} ${server} }`,
  });
  const nginx = await folder.start(port);
  try {
    const served: string[] = [];
    for (const index of tokens.keys()) served.push((await get(port, "localhost", `/${index}`)).body);
    return served;
  } finally {
    await nginx.stop();
  }
}
