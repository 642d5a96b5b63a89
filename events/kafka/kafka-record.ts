import type { KafkaMessage } from "kafkajs";
import type { LogRecord } from "../ports.ts";
import { LazyRecord } from "./record-decoder.ts";

/** A class, so that headers are decoded only on access: most records are skipped because of their type alone. */
export class KafkaRecord implements LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: Buffer | null;
  readonly #message: KafkaMessage;
  constructor(topic: string, partition: number, message: KafkaMessage) {
    const { offset, key, value } = message;
    this.topic = topic;
    this.partition = partition;
    this.offset = Number(offset);
    this.key = key?.toString("utf8") ?? "";
    this.value = value;
    this.#message = message;
  }
  header(name: string): string | undefined {
    const message: unknown = this.#message;
    if (message instanceof LazyRecord) return message.header(name);
    const value = this.#message.headers?.[name];
    return value === undefined ? undefined : textOf(value);
  }
  get headers(): LogRecord["headers"] {
    return Object.fromEntries(Object.entries(this.#message.headers ?? {}).map(([name, value]) => [name, textOf(value)]));
  }
}

const textOf = (value: Buffer | string | (Buffer | string)[] | undefined): string =>
  Array.isArray(value) ? textOf(value.at(-1)) : typeof value === "string" ? value : (value?.toString("utf8") ?? "");
