import { readFileSync } from 'node:fs';

/** A publish in the vectors' normal form. */
export interface NormalPort {
  readonly hostIp: string | null;
  readonly hostPortStart: number | null;
  readonly hostPortEnd: number | null;
  readonly containerPort: number;
  readonly protocol: string;
  readonly mode: string;
}

/** What a reader made of a spec: its publishes, or the part that it refused. */
export interface SpecAnswer {
  readonly expect?: readonly NormalPort[];
  readonly error?: string;
}

export interface PortSpecVector extends SpecAnswer {
  readonly id: string;
  readonly context: 'short' | 'cli-kv' | 'long' | 'yaml-scalar';
  readonly input: string;
  readonly phase?: string;
  readonly cli28?: SpecAnswer;
  readonly goConnections050?: SpecAnswer;
  readonly goConnections040?: SpecAnswer;
}

/** One side of a conflict: a container to start, or what is there already. */
export interface ConflictSide {
  readonly kind: 'container' | 'process' | 'swarm-ingress' | 'swarm-host';
  readonly hostIp?: string | null;
  readonly hostPort?: number | string | null;
  readonly containerPort?: number | string;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly state?: string;
  readonly restartPolicy?: string;
  readonly network?: 'host' | 'none' | 'internal';
  readonly replicas?: number;
  readonly profiles?: readonly string[];
  readonly ip?: string;
  readonly port?: number;
  readonly v6only?: boolean;
  readonly reuseAddr?: boolean;
  readonly clientBound?: boolean;
  readonly os?: string;
  readonly engine?: string;
}

export interface ConflictVector {
  readonly id: string;
  readonly a: ConflictSide;
  readonly b?: ConflictSide;
  readonly expect: 'yes' | 'no' | 'possible';
  readonly why: string;
  readonly verifiedBy: readonly string[];
  readonly env?: { readonly ip_local_port_range: string };
  /** The answer of that engine, where it differs: its first word. */
  readonly engine2852?: string;
}

interface Vectors {
  readonly portSpecs: readonly PortSpecVector[];
  readonly conflicts: readonly ConflictVector[];
}

/** The project's own test vectors; the file's `meta` says how each was verified. */
export const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/vectors.json', import.meta.url), 'utf8'),
) as Vectors;
