/**
 * What can be stood in for. `description` is what is really inside; `tags` are served always, further ones of the same
 * repository when a Dockerfile or the lockfile names them.
 */
export const STAND_INS = [
  {
    repository: "debian",
    description: "Debian 12 from its package archive",
    tags: ["12", "12-slim", "bookworm", "bookworm-slim", "latest", "stable-slim"],
  },
  {
    repository: "busybox",
    description: "Debian 12's static busybox",
    tags: ["1.36", "latest", "stable"],
  },
  {
    repository: "python",
    description: "Debian 12 with its Python 3.11, pip and Flask 2.2",
    tags: [
      "3",
      "3-slim",
      "3.11",
      "3.11-slim",
      "3.12",
      "3.12-slim",
      "3.8.12-slim-buster",
      "3.12.4-slim-bullseye",
      "latest",
    ],
  },
  {
    repository: "node",
    description: `Debian 12 with this machine's Node ${process.versions.node}`,
    tags: ["20", "20-alpine", "20-slim", "22", "22-alpine", "22-slim", "14.0.0", "latest", "lts"],
  },
  {
    repository: "nginx",
    description: "Debian 12 with its Nginx 1.22, curl and wget",
    tags: [
      "1",
      "1-alpine",
      "1.27",
      "1.27-alpine",
      "1.30",
      "1.30-alpine",
      "alpine",
      "latest",
      "stable",
      "stable-alpine",
    ],
  },
  {
    repository: "registry",
    description: "Debian 12 with its Docker registry 2.8 and wget",
    tags: ["2", "2.8", "2.8.3"],
  },
  {
    repository: "influxdb",
    description: "Debian 12 with its InfluxDB 1.6",
    tags: ["1.8", "1.8.10"],
  },
  {
    repository: "redis",
    description: "Debian 12 with its Redis 7.0, which runs as the user redis from the start",
    tags: ["7", "7-bookworm", "latest"],
  },
];
