import * as net from "node:net";
import * as tls from "node:tls";
import { Kafka, type KafkaConfig, logLevel } from "kafkajs";
import { readRecordsLazily } from "./record-decoder.ts";
import { writeRecordsAtOnce } from "./record-encoder.ts";
import { quietRequestQueues } from "./request-queue.ts";

/** The part of a pino logger that is used here. */
export type KafkaLogger = {
  readonly warn: (details: object, message: string) => void;
  readonly debug: (details: object, message: string) => void;
};

export type KafkaAddress = { readonly host: string; readonly port: number };

export type KafkaLogOptions = {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger?: KafkaLogger;
  /** A function is called for every new connection, so that certificates can be renewed. */
  readonly ssl?: KafkaConfig["ssl"] | (() => tls.ConnectionOptions);
  readonly sasl?: KafkaConfig["sasl"];
  /** For new topics: the number of replicas (-1 = the broker's default), and how many of them must acknowledge a write. */
  readonly replicationFactor?: number;
  readonly minInsyncReplicas?: number;
  /** How long a request, or a whole send with its retries, may take. */
  readonly timeout?: number;
  /** How long a group member may be silent before its partitions move to other members. */
  readonly sessionTimeout?: number;
  /** Maps a broker's advertised address to a reachable one, for tunnels and port forwards. */
  readonly route?: (address: KafkaAddress) => KafkaAddress;
};

/** One kafkajs client with its connections. `cut` destroys them and prevents new ones. */
export type Client = { readonly kafka: Kafka; readonly cut: () => void };

const keepAlive = 60_000;

export const timeoutOf = (options: KafkaLogOptions): number => options.timeout ?? 30_000;

/** Creates a client, that is, configuration and sockets. Each producer, consumer and administration has its own, so that it can be discarded whole. */
export const connectClient = (options: KafkaLogOptions): Client => {
  quietRequestQueues();
  readRecordsLazily();
  writeRecordsAtOnce();
  const sockets = new Set<net.Socket>();
  const cutOff = new Error("This client was thrown away");
  let isCut = false;
  const { sasl, ssl: certificates } = options;
  const socketFactory: KafkaConfig["socketFactory"] = ({ host, port, ssl, onConnect }) => {
    const to = options.route?.({ host, port }) ?? { host, port };
    const name = net.isIP(host) ? {} : { servername: host };
    const secured = ssl && typeof certificates === "function" ? certificates() : ssl;
    const socket = secured ? tls.connect({ ...to, ...name, ...secured }, onConnect) : net.connect(to, onConnect);
    socket.setKeepAlive(true, keepAlive);
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    if (isCut) socket.destroy(cutOff);
    return socket;
  };
  const kafka = new Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    ...(certificates === undefined ? {} : { ssl: typeof certificates === "function" ? true : certificates }),
    ...(sasl === undefined ? {} : { sasl }),
    connectionTimeout: 5_000,
    requestTimeout: timeoutOf(options),
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
    socketFactory,
    logLevel: options.logger ? logLevel.INFO : logLevel.NOTHING,
    logCreator:
      () =>
      ({ level, namespace, log: { message, ...details } }) => {
        // Important failures also reject a call, whose caller logs them.
        const log = level === logLevel.ERROR ? options.logger?.warn : options.logger?.debug;
        log?.call(options.logger, { ...details, namespace }, message);
      },
  });
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy(cutOff);
  };
  return { kafka, cut };
};
