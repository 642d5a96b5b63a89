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

/** A Kafka user; the first start of a directory creates it. Name and password contain only letters, digits, `_` and `-`. */
export type KafkaUser = { readonly name: string; readonly password: string };

/** Transport security between clients and brokers, and between brokers. Controllers use plaintext on the loopback address. */
export type KafkaSecurity = { readonly tls?: ServerTls; readonly users?: readonly [KafkaUser, ...KafkaUser[]] };

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

/** Both SCRAM mechanisms for clients; brokers authenticate to each other as this user. */
const scram = ({ name, password }: KafkaUser): KafkaSettings => {
  const login = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${name}" password="${password}";`;
  return {
    "sasl.enabled.mechanisms": "SCRAM-SHA-256,SCRAM-SHA-512",
    "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-256",
    "listener.name.clients.scram-sha-256.sasl.jaas.config": login,
    "listener.name.clients.scram-sha-512.sasl.jaas.config": login,
  };
};

const certificates = ({ ca, mutual = false }: ServerTls, keyStore: string): KafkaSettings => ({
  "ssl.keystore.type": "PEM",
  "ssl.keystore.location": keyStore,
  "ssl.truststore.type": "PEM",
  "ssl.truststore.location": ca,
  // With SASL, Kafka reads this setting per listener only.
  "listener.name.clients.ssl.client.auth": mutual ? "required" : "none",
});

const protection = ({ tls, users }: KafkaSecurity, keyStore: string): KafkaSettings => {
  const protocol = `${users ? "SASL_" : ""}${tls ? "SSL" : "PLAINTEXT"}`;
  return {
    "listener.security.protocol.map": `CLIENTS:${protocol},CONTROLLER:PLAINTEXT`,
    "inter.broker.listener.name": "CLIENTS",
    ...(tls && certificates(tls, keyStore)),
    ...(users && scram(users[0])),
  };
};

/** The path of the file with a node's certificate and key; Kafka expects both in one file. */
export const keyStoreOf = (data: string): string => `${data}.pem`;

/** The `server.properties` of one node of a cluster on the loopback address. */
export const serverProperties = (
  node: KafkaNode,
  cluster: readonly KafkaNode[],
  data: string,
  extra: KafkaSettings = {},
  security: KafkaSecurity = {},
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
