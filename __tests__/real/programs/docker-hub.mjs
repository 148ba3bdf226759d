/** Lets a process find Docker Hub at the address that DOCKER_HUB says, where the machine cannot reach it. */
import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";

const { DOCKER_HUB } = process.env;
const { request } = https;
https.request = (url, options) => {
  const { hostname, pathname, search } = new URL(url);
  if (hostname !== "registry-1.docker.io") return request(url, options);
  const { method, headers } = options;
  return http.request(new URL(`${pathname}${search}`, DOCKER_HUB), { method, headers, agent: false });
};
syncBuiltinESMExports();
