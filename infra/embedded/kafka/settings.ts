import { EmbeddedError } from "../failure.ts";

/** The addresses of one node; it is broker and controller at once. */
export type KafkaNode = { readonly id: number; readonly port: number; readonly controllerPort: number };

/** The PEM files of a server: its certificate, its key, and the authority that it trusts. */
export type ServerTls = {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  /** Accept only clients with a certificate of the authority. */
  readonly mutual?: boolean;
};

/** A Kafka user. Name and password contain only letters, digits, `_` and `-`. */
export type KafkaUser = { readonly name: string; readonly password: string };

/** Transport security between clients and brokers and between brokers, and who may log in. Controllers use the loopback address in clear. */
export type KafkaSecurity = {
  readonly tls?: ServerTls | undefined;
  /** May do everything. The nodes log in to each other as this user. */
  readonly administrator: KafkaUser;
  /** Log in with PLAIN, which is for the loopback address or TLS. Every start takes the given ones. */
  readonly users: readonly KafkaUser[];
};

/** Settings of `server.properties`, by name. */
export type KafkaSettings = Readonly<Record<string, string | number | boolean>>;

const local = (port: number): string => `127.0.0.1:${port}`;

const oneNode: KafkaSettings = { "broker.session.timeout.ms": 1500 };

const threeNodes: KafkaSettings = { "broker.session.timeout.ms": 3000, "replica.lag.time.max.ms": 3000 };

const common: KafkaSettings = {
  "process.roles": "broker,controller",
  "controller.listener.names": "CONTROLLER",
  "auto.create.topics.enable": false,
  // Events and consumer positions are kept for ever.
  "log.retention.ms": -1,
  "offsets.retention.minutes": 525_600,
  "offsets.topic.num.partitions": 4,
  "transaction.state.log.num.partitions": 4,
  "share.coordinator.state.topic.num.partitions": 4,
  "group.initial.rebalance.delay.ms": 0,
  "log.cleaner.dedupe.buffer.size": 8_388_608,
  "num.network.threads": 2,
  "num.io.threads": 4,
  "broker.heartbeat.interval.ms": 200,
  "controller.quorum.election.timeout.ms": 200,
  "controller.quorum.election.backoff.max.ms": 200,
};

const replication = (nodes: number): KafkaSettings => {
  const copies = Math.min(nodes, 3);
  const inSync = nodes > 1 ? 2 : 1;
  return {
    "default.replication.factor": copies,
    "min.insync.replicas": inSync,
    "offsets.topic.replication.factor": copies,
    "transaction.state.log.replication.factor": copies,
    "transaction.state.log.min.isr": inSync,
    "share.coordinator.state.topic.replication.factor": copies,
    "share.coordinator.state.topic.min.isr": inSync,
  };
};

/** A server's login module for PLAIN: its own login for other nodes, and the passwords that it takes. */
const plain = (self: KafkaUser, users: readonly KafkaUser[]): string => {
  const odd = users.find(({ name, password }) => !/^[\w-]+$/.test(name) || !/^[\w-]+$/.test(password));
  if (odd) throw new EmbeddedError("notReady", `Kafka's user ${odd.name}: name and password may contain only letters, digits, _ and -`);
  const passwords = users.map(({ name, password }) => `"user_${name}"="${password}"`).join(" ");
  return `org.apache.kafka.common.security.plain.PlainLoginModule required username="${self.name}" password="${self.password}" ${passwords};`;
};

const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";

/** Nobody gets in without a login, nor on without an access control list, except for the administrator. */
const access = ({ administrator, users }: KafkaSecurity): KafkaSettings => ({
  "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  "super.users": `User:${administrator.name}`,
  "sasl.mechanism.inter.broker.protocol": "PLAIN",
  "sasl.mechanism.controller.protocol": "PLAIN",
  "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
  "listener.name.controller.plain.sasl.jaas.config": plain(administrator, [administrator]),
  "listener.name.clients.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
  "listener.name.clients.plain.sasl.jaas.config": plain(administrator, [administrator, ...users]),
  "listener.name.clients.scram-sha-256.sasl.jaas.config": scram,
  "listener.name.clients.scram-sha-512.sasl.jaas.config": scram,
});

const certificates = ({ ca, mutual = false }: ServerTls, keyStore: string): KafkaSettings => ({
  "ssl.keystore.type": "PEM",
  "ssl.keystore.location": keyStore,
  "ssl.truststore.type": "PEM",
  "ssl.truststore.location": ca,
  // With SASL, Kafka reads this setting per listener only.
  "listener.name.clients.ssl.client.auth": mutual ? "required" : "none",
});

const protection = (security: KafkaSecurity, keyStore: string): KafkaSettings => ({
  "listener.security.protocol.map": `CLIENTS:SASL_${security.tls ? "SSL" : "PLAINTEXT"},CONTROLLER:SASL_PLAINTEXT`,
  "inter.broker.listener.name": "CLIENTS",
  ...access(security),
  ...(security.tls && certificates(security.tls, keyStore)),
});

/** The path of the file with a node's certificate and key; Kafka expects both in one file. */
export const keyStoreOf = (data: string): string => `${data}.pem`;

/** The `server.properties` of one node of a cluster on the loopback address. */
export const serverProperties = (
  node: KafkaNode,
  cluster: readonly KafkaNode[],
  data: string,
  security: KafkaSecurity,
  extra: KafkaSettings = {},
): string => {
  const settings: KafkaSettings = {
    ...common,
    ...(cluster.length > 1 ? threeNodes : oneNode),
    ...replication(cluster.length),
    ...protection(security, keyStoreOf(data)),
    "node.id": node.id,
    "controller.quorum.voters": cluster.map(({ id, controllerPort }) => `${id}@${local(controllerPort)}`).join(","),
    listeners: `CLIENTS://${local(node.port)},CONTROLLER://${local(node.controllerPort)}`,
    "advertised.listeners": `CLIENTS://${local(node.port)}`,
    "log.dirs": data,
    ...extra,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return `${lines.join("\n")}\n`;
};
