import * as net from "node:net";
import * as tls from "node:tls";
import { Kafka, type KafkaConfig, logLevel } from "kafkajs";
import { readRecordsLazily } from "./record-decoder.ts";
import { writeRecordsAtOnce } from "./record-encoder.ts";
import { quietRequestQueues } from "./request-queue.ts";

/** What a pino logger is able to do, as far as it is needed here. */
export type KafkaLogger = {
  readonly warn: (details: object, message: string) => void;
  readonly debug: (details: object, message: string) => void;
};

export type KafkaAddress = { readonly host: string; readonly port: number };

export type KafkaLogOptions = {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger?: KafkaLogger;
  readonly security?: {
    /** A function is asked for every new connection, so that certificates may be renewed. */
    readonly ssl?: KafkaConfig["ssl"] | (() => tls.ConnectionOptions);
    readonly sasl?: KafkaConfig["sasl"];
  };
  /** For the topics that are created: how many copies (-1 = the broker's default), and how many of them a write waits for. */
  readonly replicationFactor?: number;
  readonly minInsyncReplicas?: number;
  /** How long a request, and a whole send with its repeats, may take. */
  readonly timeout?: number;
  /** How long a member of a group may be silent before its partitions go to others. */
  readonly sessionTimeout?: number;
  /** Where a broker's advertised address is reached from here: for tunnels and port forwards. */
  readonly route?: (address: KafkaAddress) => KafkaAddress;
};

/** One kafkajs client with its connections. `cut` ends them at once, and lets it make no others. */
export type Client = { readonly kafka: Kafka; readonly cut: () => void };

const keepAlive = 60_000;

export const timeoutOf = (options: KafkaLogOptions): number => options.timeout ?? 30_000;

/** A client is configuration and sockets: one for each producer, consumer and administration, so that each can be thrown away whole. */
export const connectClient = (options: KafkaLogOptions): Client => {
  quietRequestQueues();
  readRecordsLazily();
  writeRecordsAtOnce();
  const sockets = new Set<net.Socket>();
  const cutOff = new Error("This client was thrown away");
  let isCut = false;
  const security = options.security ?? {};
  const socketFactory: KafkaConfig["socketFactory"] = ({ host, port, ssl, onConnect }) => {
    const to = options.route?.({ host, port }) ?? { host, port };
    const name = net.isIP(host) ? {} : { servername: host };
    const secured = ssl && typeof security.ssl === "function" ? security.ssl() : ssl;
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
    ...(security.ssl === undefined ? {} : { ssl: typeof security.ssl === "function" ? true : security.ssl }),
    ...(security.sasl === undefined ? {} : { sasl: security.sasl }),
    connectionTimeout: 5_000,
    requestTimeout: timeoutOf(options),
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
    socketFactory,
    logLevel: options.logger ? logLevel.INFO : logLevel.NOTHING,
    logCreator:
      () =>
      ({ level, namespace, log: { message, ...details } }) => {
        // What matters of it comes back as an error and is logged where it is handled.
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
