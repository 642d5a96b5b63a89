import type { TopicPartition } from "../ports.ts";

const m = 0x5bd1e995;

/** murmur2 over the UTF-8 bytes of the key, as in Kafka's Java producer. */
export const murmur2 = (key: string): number => {
  const data = Buffer.from(key);
  const whole = data.length & ~3;
  let hash = 0x9747b28c ^ data.length;
  for (let at = 0; at < whole; at += 4) {
    let k = Math.imul(data.readInt32LE(at), m);
    k = Math.imul(k ^ (k >>> 24), m);
    hash = Math.imul(hash, m) ^ k;
  }
  if (data.length > whole) {
    for (let at = data.length - 1; at >= whole; at--) hash ^= data.readUInt8(at) << (8 * (at - whole));
    hash = Math.imul(hash, m);
  }
  hash = Math.imul(hash ^ (hash >>> 13), m);
  return hash ^ (hash >>> 15);
};

/** The partition of a key: the same as Java producers and kafkajs choose. */
export const partitionOf = (key: string, partitions: number): number => (murmur2(key) & 0x7fffffff) % partitions;

/** The name of a partition in maps and messages: `topic/3`. */
export const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
