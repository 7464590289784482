import type { Publish } from '../model/ports/publish.ts';

/** The kinds of services whose ports are in the settings of other programs, so they must not move silently. */
export type StatefulKind = 'database' | 'message broker' | 'cache';

interface StatefulService {
  readonly kind: StatefulKind;
  /** Matches the names of images, without registry, owner and tag. */
  readonly images: RegExp;
  /** The ports that clients are configured with. They identify the service even in an image of another name. */
  readonly ports: readonly number[];
  /** Ports of the same images for a browser or for metrics: they may move. */
  readonly consoles?: readonly number[];
}

/** Default ports from the documentation of each project. */
const statefulServices: readonly StatefulService[] = [
  {
    kind: 'database',
    images: /^(postgres|postgresql|postgis|pgvector|timescaledb|supabase-postgres)/,
    ports: [5432],
  },
  { kind: 'database', images: /^(mysql|mariadb|percona)/, ports: [3306, 33060] },
  { kind: 'database', images: /^(mssql|azure-sql-edge|sqlserver)/, ports: [1433] },
  { kind: 'database', images: /^oracle/, ports: [1521], consoles: [5500] },
  { kind: 'database', images: /^mongo(db)?(-community-server)?$/, ports: [27017, 27018, 27019] },
  { kind: 'database', images: /^(cassandra|scylla)/, ports: [9042] },
  { kind: 'database', images: /^couchdb/, ports: [5984] },
  { kind: 'database', images: /^cockroach/, ports: [26257], consoles: [8080] },
  { kind: 'database', images: /^neo4j/, ports: [7687], consoles: [7474, 7473] },
  {
    kind: 'database',
    images: /^(elasticsearch|opensearch)$/,
    ports: [9200, 9300],
    consoles: [9600],
  },
  { kind: 'database', images: /^influxdb/, ports: [8086] },
  { kind: 'database', images: /^clickhouse/, ports: [8123, 9440] },
  { kind: 'database', images: /^(qdrant|milvus|weaviate)$/, ports: [6333, 6334, 19530] },
  { kind: 'database', images: /^etcd/, ports: [2379, 2380] },
  { kind: 'database', images: /^zookeeper/, ports: [2181], consoles: [8080] },
  {
    kind: 'message broker',
    images: /^rabbitmq/,
    ports: [5671, 5672],
    consoles: [15671, 15672, 15692],
  },
  { kind: 'message broker', images: /^(cp-)?(kafka|redpanda)$/, ports: [9092, 9093, 9094, 29092] },
  { kind: 'message broker', images: /^nats/, ports: [4222, 6222], consoles: [8222] },
  { kind: 'message broker', images: /^(activemq|artemis)/, ports: [61616], consoles: [8161] },
  {
    kind: 'message broker',
    images: /^(mosquitto|eclipse-mosquitto|emqx|vernemq|hivemq)/,
    ports: [1883, 8883],
    consoles: [18083],
  },
  { kind: 'message broker', images: /^pulsar/, ports: [6650], consoles: [8080] },
  { kind: 'cache', images: /^(redis|valkey|keydb|dragonfly)(-stack(-server)?)?$/, ports: [6379] },
  { kind: 'cache', images: /^memcached/, ports: [11211] },
];

/**
 * Returns whether a publish belongs to a database, a broker or a cache, by its image and its container port: every port
 * of such an image except its consoles, and the default ports of such services in any other image. Else `undefined`.
 */
export function statefulKindOf(
  { target }: Pick<Publish, 'target'>,
  image: string | undefined,
): StatefulKind | undefined {
  const name = image === undefined ? undefined : baseName(image);
  const byImage = statefulServices.find(({ images }) => name !== undefined && images.test(name));
  if (byImage !== undefined) return byImage.consoles?.includes(target) ? undefined : byImage.kind;
  return statefulServices.find(({ ports }) => ports.includes(target))?.kind;
}

/** Returns `postgres` for `registry/owner/postgres:16@sha256:…`. */
function baseName(image: string): string {
  const [withoutDigest = ''] = image.split('@', 1);
  return withoutDigest.slice(withoutDigest.lastIndexOf('/') + 1).replace(/:.*$/, '');
}
