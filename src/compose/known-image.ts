import { readReference } from "../dockerfile/image-config.ts";

/** What people know of an image and a compose file does not say. */
export interface KnownImage {
  /** Where it listens. */
  readonly port: number;
  /** Whether that is no HTTP, so that neighbours reach it by TCP alone. */
  readonly tcp?: true;
  /** Where it keeps its data. */
  readonly data?: string;
  /** What is behind the name of a variable that names a file with its value. */
  readonly secretFile?: "_FILE" | "__FILE";
  /** The variables for which it knows that. @default - all */
  readonly secretNames?: RegExp;
  /** What it needs of memory where the file sets no limit, MiB. */
  readonly memoryMiB?: number;
}

const POSTGRES = {
  port: 5432,
  tcp: true,
  data: "/var/lib/postgresql/data",
  secretFile: "_FILE",
  secretNames: /^POSTGRES_(?:USER|PASSWORD|DB)$/,
} as const;
const MYSQL = {
  port: 3306,
  tcp: true,
  data: "/var/lib/mysql",
  secretFile: "_FILE",
  secretNames: /^(?:MYSQL|MARIADB)_/,
  memoryMiB: 768,
} as const;
const REDIS = { port: 6379, tcp: true, data: "/data" } as const;
const ELASTICSEARCH = { port: 9200, data: "/usr/share/elasticsearch/data", memoryMiB: 2048 } as const;

/** By the last part of the image's name, or by more of it where others have that too. */
const KNOWN: Readonly<Record<string, KnownImage>> = {
  postgres: POSTGRES,
  postgis: POSTGRES,
  pgvector: POSTGRES,
  timescaledb: POSTGRES,
  mysql: MYSQL,
  mariadb: MYSQL,
  "mysql-server": MYSQL,
  redis: REDIS,
  valkey: REDIS,
  keydb: REDIS,
  memcached: { port: 11211, tcp: true },
  mongo: {
    port: 27017,
    tcp: true,
    data: "/data/db",
    secretFile: "_FILE",
    secretNames: /^MONGO_INITDB_ROOT_/,
    memoryMiB: 512,
  },
  rabbitmq: { port: 5672, tcp: true, data: "/var/lib/rabbitmq", memoryMiB: 512 },
  zookeeper: { port: 2181, tcp: true, data: "/data", memoryMiB: 512 },
  kafka: { port: 9092, tcp: true, data: "/var/lib/kafka/data", memoryMiB: 1024 },
  "cp-kafka": { port: 9092, tcp: true, data: "/var/lib/kafka/data", memoryMiB: 1024 },
  nats: { port: 4222, tcp: true, data: "/data" },
  "eclipse-mosquitto": { port: 1883, tcp: true, data: "/mosquitto/data" },
  elasticsearch: ELASTICSEARCH,
  opensearch: ELASTICSEARCH,
  kibana: { port: 5601, memoryMiB: 1024 },
  logstash: { port: 9600, memoryMiB: 1024 },
  influxdb: {
    port: 8086,
    data: "/var/lib/influxdb2",
    secretFile: "_FILE",
    secretNames: /^DOCKER_INFLUXDB_INIT_/,
    memoryMiB: 512,
  },
  grafana: { port: 3000, data: "/var/lib/grafana", secretFile: "__FILE", secretNames: /^GF_/ },
  prometheus: { port: 9090, data: "/prometheus" },
  wordpress: { port: 80, data: "/var/www/html", secretFile: "_FILE", secretNames: /^WORDPRESS_/ },
  nextcloud: {
    port: 80,
    data: "/var/www/html",
    secretFile: "_FILE",
    secretNames: /^(?:MYSQL|POSTGRES|NEXTCLOUD_ADMIN|SMTP|REDIS_HOST|OBJECTSTORE)_/,
    memoryMiB: 512,
  },
  joomla: { port: 80, data: "/var/www/html", secretFile: "_FILE", secretNames: /^JOOMLA_/ },
  drupal: { port: 80 },
  phpmyadmin: { port: 80, secretFile: "_FILE", secretNames: /^(?:MYSQL|PMA)_/ },
  pgadmin4: {
    port: 80,
    data: "/var/lib/pgadmin",
    secretFile: "_FILE",
    secretNames: /^PGADMIN_DEFAULT_PASSWORD$/,
    memoryMiB: 512,
  },
  adminer: { port: 8080 },
  "mongo-express": { port: 8081, secretFile: "_FILE", secretNames: /^ME_CONFIG_/ },
  gitea: { port: 3000, data: "/data", secretFile: "__FILE", secretNames: /^GITEA__/, memoryMiB: 512 },
  ghost: { port: 2368, data: "/var/lib/ghost/content", memoryMiB: 512 },
  minio: { port: 9000, data: "/data", secretFile: "_FILE", secretNames: /^MINIO_ROOT_/, memoryMiB: 512 },
  n8n: { port: 5678, secretFile: "_FILE", memoryMiB: 512 },
  keycloak: { port: 8080, memoryMiB: 1024 },
  vault: { port: 8200, data: "/vault/file" },
  nginx: { port: 80 },
  httpd: { port: 80 },
  caddy: { port: 80, data: "/data" },
  traefik: { port: 80 },
  whoami: { port: 80 },
  portainer: { port: 9000, data: "/data" },
  "portainer-ce": { port: 9000, data: "/data" },
  "uptime-kuma": { port: 3001, data: "/app/data" },
  vaultwarden: { port: 80, data: "/data", secretFile: "_FILE" },
  mailhog: { port: 8025 },
  mailpit: { port: 8025 },
};

/** What is known of the image that `text` names. */
export function knownImage(text: string): KnownImage | undefined {
  const name = readReference(text)?.path.split("/").at(-1) ?? "";
  return Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
}

/** Ports of which people know that they are no HTTP. */
const TCP_PORTS = new Set([
  21, 22, 25, 53, 88, 110, 119, 123, 139, 143, 389, 445, 465, 587, 636, 853, 993, 995, 1433, 1521, 1883, 2181, 2222,
  3306, 3389, 4222, 5432, 5433, 5671, 5672, 6379, 6380, 6432, 8883, 9042, 9092, 9093, 9300, 11211, 25565, 26379, 27017,
  27018, 33060, 50000,
]);

export function isTcpPort(port: number): boolean {
  return TCP_PORTS.has(port);
}
