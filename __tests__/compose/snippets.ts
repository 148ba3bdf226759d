import type { HostKind } from "../../src/compose/read-service.ts";

/** A service of a compose file, key by key. */
export interface Snippet {
  readonly name: string;
  /** The keys of the service `web`. */
  readonly service: string;
  /** What stands below it, other services included. */
  readonly more?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly host?: HostKind;
}

const DOCKERFILE = 'FROM python:3.12-slim\nEXPOSE 8000\nCMD ["python", "app.py"]\n';

export const SNIPPETS: readonly Snippet[] = [
  { name: "an image and a port", service: 'image: nginx:1.27\nports: ["80:80"]' },
  { name: "a variable in the image", service: "image: nginx:${TAG:-1.27}\nexpose: [80]" },
  { name: "a build in short", service: "build: ./app", files: { "app/Dockerfile": DOCKERFILE } },
  {
    name: "a build in long",
    service:
      "image: octo/shop:1.4.2\nbuild:\n  context: app\n  dockerfile: docker/Dockerfile\n  target: prod\n  network: host\n" +
      "  no_cache: true\n  args: [GREETING=hi, MODE]\n  labels: {com.example.a: b}\n  cache_from: [x]\n  ssh: [default]",
    files: { "app/docker/Dockerfile": DOCKERFILE.replace("slim", "slim AS prod") },
  },
  {
    name: "a Dockerfile in small letters",
    service: "build: app",
    files: { "app/dockerfile": DOCKERFILE },
  },
  {
    name: "a Dockerfile in the file",
    service: "build:\n  context: .\n  dockerfile_inline: |\n    FROM busybox\n    EXPOSE 80",
  },
  { name: "a build of a repository", service: "build: https://github.com/octo/shop.git#main" },
  {
    name: "build arguments that are secrets",
    service: "build:\n  context: app\n  args: {NPM_TOKEN: abcdef, A: 1}",
    files: { "app/Dockerfile": DOCKERFILE },
  },
  {
    name: "the environment as a list",
    service: "image: a\nexpose: [80]\nenvironment:\n  - A=1\n  - B=x=y\n  - PASSED\n  - WITH=$${D} and ${C:-d}",
  },
  {
    name: "the environment as a mapping",
    service: "image: a\nexpose: [80]\nenvironment: {A: 1, B: true, C: null, D: 'it''s \"q\"'}",
  },
  {
    name: "env_file",
    service: "image: a\nexpose: [80]\nenv_file: [web.env, gone.env]\nenvironment: {A: over}",
    files: { "web.env": "A=under\nB='two words'\nAPI_TOKEN=abcdefgh\n" },
  },
  {
    name: ".env beside the file",
    service: "image: a:${TAG}\nports: ['${PORT:-80}:80']\nenvironment: {A: '${A}'}",
    files: { ".env": "TAG=2\nA=b\nPORT=3000\n" },
  },
  {
    name: "secrets of an image that reads files",
    service:
      "image: postgres:16\nenvironment: {POSTGRES_PASSWORD: example, POSTGRES_DB: shop}\nvolumes: ['data:/var/lib/postgresql/data']",
    more: "volumes: {data: {}}",
  },
  {
    name: "secrets of an image that is built",
    service: "build: app\nenvironment: {API_KEY: '${SHOP_KEY:-x1y2z3}', MODE: a}",
    files: { "app/Dockerfile": DOCKERFILE },
  },
  {
    name: "secrets of an image that nobody knows",
    service: "image: octo/app\nexpose: [80]\nenvironment: {API_KEY: abcdef}",
  },
  {
    name: "secrets on AWS",
    service:
      "image: postgres:16\nenvironment: {POSTGRES_PASSWORD: example}\nvolumes: ['data:/var/lib/postgresql/data']",
    more: "volumes: {data: {}}",
    host: "aws",
  },
  {
    name: "secrets in words",
    service:
      "image: redis:7\ncommand: redis-server --requirepass ${REDIS_PASSWORD} --appendonly yes\nhealthcheck: {test: [CMD, redis-cli, -a, '${REDIS_PASSWORD}', ping]}",
  },
  {
    name: "secrets in a script",
    service:
      "image: mysql:8\nenvironment: {MYSQL_ROOT_PASSWORD: secret}\nhealthcheck: {test: 'mysqladmin ping -p$$MYSQL_ROOT_PASSWORD'}",
  },
  {
    name: "granted secrets",
    service:
      "image: a\nexpose: [80]\nsecrets:\n  - api-key\n  - source: token\n    target: other\nenvironment: {KEY_FILE: /run/secrets/api-key}",
    more: "secrets:\n  api-key: {file: ./keys/api.txt}\n  token: {environment: TOKEN}",
  },
  {
    name: "configs",
    service: "image: nginx\nconfigs:\n  - source: conf\n    target: /etc/nginx/nginx.conf\n  - other",
    more: "configs: {conf: {file: ./nginx.conf}, other: {content: hi}}",
    files: { "nginx.conf": "events {}\n" },
  },
  {
    name: "volumes",
    service:
      "image: a\nexpose: [80]\nvolumes:\n  - data_dir:/data\n  - /srv/media:/media:ro\n  - /cache\n  - ./uploads:/app/uploads\n  - /var/run/docker.sock:/var/run/docker.sock\n" +
      "  - ~/x:/x\n  - type: tmpfs\n    target: /tmp/a\n    tmpfs: {size: 10m}\n  - type: volume\n    source: shared\n    target: /shared\n    read_only: true\ntmpfs: [/run/b:size=64k, '/c:mode=1770']",
    more: "  other:\n    image: b\n    volumes: ['shared:/shared']\nvolumes: {data_dir: {driver: nfs}, shared: {}}",
  },
  {
    name: "files of the project",
    service: "image: nginx:1.27\nvolumes: ['./nginx.conf:/etc/nginx/conf.d/default.conf:ro']\nports: ['80:80']",
    more: "  api: {image: octo/api, expose: [3000]}",
    files: { "nginx.conf": "server { location / { proxy_pass http://api:3000; } }\n" },
  },
  {
    name: "folders of the project",
    service:
      "image: nginx:1.27\nvolumes: ['./html:/usr/share/nginx/html', './conf/a.conf:/etc/nginx/a.conf']\nports: ['80:80']",
    files: { "html/index.html": "hi", "conf/a.conf": "#" },
  },
  {
    name: "a developer's mount over a stage that copies nothing of it",
    service: "build: {context: ., target: dev}\nvolumes: ['.:/app']\nports: ['3000:3000']",
    files: {
      Dockerfile: "FROM node:22 AS base\nWORKDIR /app\nCOPY package.json .\nFROM base AS dev\nCMD npm run dev\n",
      "package.json": "{}",
    },
  },
  {
    name: "a configuration over a built image that has the page alone",
    service:
      "build: .\nvolumes: ['./html:/usr/share/nginx/html', './proxy.conf:/etc/nginx/conf.d/default.conf']\nports: ['80:80']",
    files: {
      Dockerfile: "FROM nginx:1.27\nCOPY html /usr/share/nginx/html\n",
      "html/index.html": "a page",
      "proxy.conf": "server {}\n",
    },
  },
  {
    name: "a developer's mounts",
    service: "build: .\nvolumes: ['.:/app', /app/node_modules]\nports: ['3000:3000']",
    files: { Dockerfile: `${DOCKERFILE}COPY . /app\n` },
  },
  {
    name: "a health check in words",
    service:
      "image: a\nexpose: [80]\nhealthcheck:\n  test: [CMD, curl, -f, 'http://localhost/']\n  interval: 1m30s\n  timeout: 10s\n  retries: 3\n  start_period: 40s\n  start_interval: 5s",
  },
  {
    name: "a health check as text",
    service: "image: a\nexpose: [80]\nhealthcheck: {test: 'wget -q localhost || exit 1'}",
  },
  { name: "no health check", service: "image: a\nexpose: [80]\nhealthcheck: {disable: true}" },
  { name: "a worker", service: "image: a\ncommand: [work, --now]\nrestart: always" },
  {
    name: "commands and entry points",
    service: "image: a\nexpose: [80]\nentrypoint: /bin/tini --\ncommand: run 'two words' \\$$HOME",
  },
  {
    name: "what Docker has a word for",
    service:
      "image: a\nexpose: [80]\nuser: '1000:1000'\nworking_dir: /app\ninit: true\nread_only: true\ncap_add: [NET_ADMIN]\ncap_drop: [ALL]\n" +
      "ulimits: {nofile: {soft: 20, hard: 40}, core: 0}\nshm_size: 64mb\nextra_hosts: ['db:10.0.0.5', 'gw=host-gateway']\nstop_signal: SIGINT\n" +
      "stop_grace_period: 1m\nlabels: [com.example.team=shop]\nmem_limit: 512m\nmem_reservation: 64m\ncpus: 0.5\npids_limit: 100",
  },
  {
    name: "deploy",
    service:
      "image: a\nexpose: [80]\ndeploy:\n  replicas: 3\n  resources:\n    limits: {cpus: '0.25', memory: 1.5g, pids: 50}\n    reservations: {memory: 64M, cpus: '0.1'}\n  restart_policy: {condition: any}",
  },
  {
    name: "neighbours",
    service:
      "image: a\nports: ['8080:80']\ndepends_on: [api, redis]\nenvironment:\n  API: http://api:3000/v1\n  REDIS_URL: redis://redis:6379/0\n  DB_HOST: db\n  DB_PORT: 5432\n  DB_NAME: db\n  SELF: http://web:80\n" +
      "  DATABASE_URL: postgres://shop:pw1234@db:5432/shop\ncommand: [serve, --cache-host=redis, --wait, 'redis:6379']",
    more: "  api: {image: b}\n  redis: {image: 'redis:7', volumes: ['r:/data']}\n  db: {image: 'postgres:16', environment: {POSTGRES_HOST_AUTH_METHOD: trust}}\nvolumes: {r: {}}",
  },
  {
    name: "what runs to its end",
    service: "image: a\nexpose: [80]\ndepends_on: {migrate: {condition: service_completed_successfully}}",
    more: "  migrate: {image: a, command: migrate, volumes: ['./x:/x']}",
  },
  {
    name: "what runs to its end behind what does",
    service: "image: a\nexpose: [80]\ndepends_on: {seed: {condition: service_completed_successfully}}",
    more:
      "  seed: {image: a, command: seed, depends_on: {migrate: {condition: service_completed_successfully}}}\n" +
      "  migrate: {image: a, command: migrate, depends_on: [db]}\n  db: {image: 'postgres:16', environment: {POSTGRES_HOST_AUTH_METHOD: trust}}",
  },
  {
    name: "what starts behind others",
    service:
      "image: a\nexpose: [80]\nenvironment: {DB: 'db:5432'}\n" +
      "depends_on:\n  db: {condition: service_healthy, restart: true}\n  api: {condition: service_started}\n  migrate: {condition: service_started}\n  debug: {condition: service_started, required: false}\n  Gone: {condition: service_started}\nlinks: ['cache:store']",
    more:
      "  db: {image: 'postgres:16', environment: {POSTGRES_HOST_AUTH_METHOD: trust}, volumes: ['d:/var/lib/postgresql/data']}\n" +
      "  api: {image: b, expose: [80], depends_on: {migrate: {condition: service_completed_successfully}}}\n" +
      "  migrate: {image: a, command: migrate, depends_on: [db]}\n  cache: {image: memcached}\n  debug: {image: c, profiles: [debug]}\n  Gone: {expose: [80]}\nvolumes: {d: {}}",
  },
  {
    name: "a circle of what starts behind others",
    service: "image: a\nexpose: [80]\nenvironment: {OTHER: 'http://other:80'}",
    more: "  other: {image: b, expose: [80], depends_on: [web]}",
  },
  {
    name: "a circle",
    service: "image: a\nexpose: [80]\nenvironment: {OTHER: 'http://other:80'}",
    more: "  other: {image: b, expose: [80], environment: {WEB: 'http://web:80'}}",
  },
  { name: "profiles", service: "image: a\nports: ['80:80']\nprofiles: [debug, all]" },
  {
    name: "extends, anchors and merge keys",
    service: "extends: base\n<<: &more {init: true, user: app}\nenvironment: {A: own}\nuser: other",
    more: "  base: {image: a, expose: [80], environment: [A=base, B=base], command: [x]}\n  second: {<<: *more, image: c}",
  },
  {
    name: "several ports",
    service: "image: a\nports: ['127.0.0.1:9000:9000', '9001:9001', '53:53/udp', {target: 25, published: 25}]",
  },
  {
    name: "names that Slipway does not take",
    service: "image: a\nexpose: [80]",
    more: "  Web_Worker.1: {image: b, container_name: worker}",
  },
  {
    name: "names in an image's own files",
    service: "build: app\nports: ['8000:8000']\ndepends_on: [redis, api, db]\nenvironment: {API: 'http://api:80'}",
    more: "  redis: {image: 'redis:7'}\n  api: {image: a, expose: [80]}\n  db: {image: 'postgres:16'}\n  cache: {image: memcached}",
    files: {
      "app/Dockerfile": DOCKERFILE,
      "app/a.json": '{"redis": "^4.0.0", "db": {}}',
      "app/app.py": 'import redis\n\nr = redis.Redis(host="redis")\nc = "cache:11211"\n',
    },
  },
  {
    name: "long texts",
    service: `image: "\${IMAGE:-${"registry.example.com/a-team/with-a-long-name/".repeat(3)}app}"
expose: [80]
environment:
  PLAIN: ${"https://localhost:5173,".repeat(7)}
  WITH: "\${WITH:-${"https://localhost:5173,".repeat(5)}}"
command: ["${"word ".repeat(30)}", "\${A:-${"b".repeat(90)}}"]
volumes: ["./html:/usr/share/nginx/html", "./a.conf:/etc/a.conf"]`,
    files: { "html/index.html": "hi", "a.conf": "#" },
  },
  {
    name: "what nobody knows",
    service:
      "image: a\nexpose: [80]\nprivileged: true\nimgae: b\nnetwork_mode: host\nx-note: hi\nrestart: on-failure:3",
  },
];
