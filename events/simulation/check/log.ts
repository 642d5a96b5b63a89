import { deadLetterTopic } from "../../contract.ts";
import { type Evidence, streamsOf, type Violation } from "./evidence.ts";

/** Checks that the first occurrences of a stream's events on the log are in order and complete, and equal to the events in the store. */
export const checkLog = function* ({ databases, contents, contract }: Evidence): Generator<Violation> {
  const reached = new Map<string, number>();
  for (const [topic, partitions] of contents) {
    if (topic.startsWith(deadLetterTopic(contract))) continue;
    for (const records of partitions)
      for (const { key, headers } of records) {
        const version = Number(headers.ce_sequence);
        const last = reached.get(key) ?? 0;
        if (version === last + 1) reached.set(key, version);
        else if (version > last)
          yield { rule: "first occurrences on the log are in order", about: key, message: `${headers.ce_id} follows version ${last}` };
      }
  }
  const bytes = new Map<string, string>();
  for (const [topic, partitions] of contents)
    if (!topic.startsWith(deadLetterTopic(contract)))
      for (const { headers, value } of partitions.flat()) {
        const text = `${headers.ce_type} ${Buffer.from(value ?? []).toString("latin1")} ${headers.ce_time} ${headers.ce_correlationid}`;
        const before = bytes.get(headers.ce_id ?? "");
        if (before !== undefined && before !== text)
          yield {
            rule: "an event id means one event",
            about: headers.ce_subject ?? "",
            message: `${headers.ce_id} is on the log in two versions`,
          };
        bytes.set(headers.ce_id ?? "", text);
      }
  for (const database of databases.values())
    for (const [stream, commits] of streamsOf(database)) {
      const last = commits.at(-1);
      const version = last ? last.version + last.events.length - 1 : 0;
      if ((reached.get(stream) ?? 0) < version)
        yield { rule: "the log is complete", about: stream, message: `it ends at version ${reached.get(stream) ?? 0} of ${version}` };
      for (const { version: first, events, metadata } of commits)
        for (const [index, { schemaId, bytes: stored }] of events.entries()) {
          const framed = Buffer.alloc(5 + stored.byteLength);
          framed.writeUInt32BE(schemaId, 1);
          framed.set(stored, 5);
          const text = bytes.get(`${stream}@${first + index}`);
          if (text !== undefined && !text.endsWith(` ${framed.toString("latin1")} ${metadata.time} ${metadata.correlationId}`))
            yield { rule: "the log says what the store says", about: stream, message: `${stream}@${first + index} differs` };
        }
    }
};
