/** The addresses of one node; it is broker and controller at once. */
export type KafkaNode = { readonly id: number; readonly port: number; readonly controllerPort: number };

/** Settings of `server.properties`, by name. */
export type KafkaSettings = Readonly<Record<string, string | number | boolean>>;

const local = (port: number): string => `127.0.0.1:${port}`;

const oneNode: KafkaSettings = { "broker.session.timeout.ms": 1500 };

const threeNodes: KafkaSettings = { "broker.session.timeout.ms": 3000, "replica.lag.time.max.ms": 3000 };

const common: KafkaSettings = {
  "process.roles": "broker,controller",
  "controller.listener.names": "CONTROLLER",
  "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
  "auto.create.topics.enable": false,
  // Events are kept for ever, and so are the positions of those who read them.
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

/** The `server.properties` of one node of a cluster on the loopback address. */
export const serverProperties = (node: KafkaNode, cluster: readonly KafkaNode[], data: string, extra: KafkaSettings = {}): string => {
  const settings: KafkaSettings = {
    ...common,
    ...(cluster.length > 1 ? threeNodes : oneNode),
    ...replication(cluster.length),
    "node.id": node.id,
    "controller.quorum.voters": cluster.map(({ id, controllerPort }) => `${id}@${local(controllerPort)}`).join(","),
    listeners: `PLAINTEXT://${local(node.port)},CONTROLLER://${local(node.controllerPort)}`,
    "advertised.listeners": `PLAINTEXT://${local(node.port)}`,
    "log.dirs": data,
    ...extra,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return `${lines.join("\n")}\n`;
};
