import { type Contract, deadLetterTopic } from "../contract.ts";
import type { OutgoingRecord, Parked } from "../ports.ts";
import { originOf } from "./delivered.ts";

/** An unchanged copy of a parked event for the dead letter topic, with its origin and the reason in headers. */
export const deadLetter = (contract: Contract, service: string, parked: Parked): OutgoingRecord => {
  const { record, subscription, row, eventId, reason, time, attempts, asked } = parked;
  return {
    topic: deadLetterTopic(contract, service),
    key: record.key,
    value: record.value,
    headers: {
      ...record.headers,
      ...prefixed(contract, {
        service,
        subscription,
        row,
        origin: originOf(record),
        "event-id": eventId,
        reason: reason.slice(0, 1_000),
        "parked-at": time,
        attempts: String(attempts),
        ...(asked?.action === "discard" && {
          "discarded-by": asked.by,
          "discarded-at": asked.time,
          "discard-reason": asked.reason.slice(0, 1_000),
        }),
      }),
    },
  };
};

/** Something that an operator has done to the topics of a service, for its dead letter topic, where what was given up is recorded, too. */
export type OperatorRecord = {
  readonly action: string;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  readonly reason: string;
  /** What it was done to, and how much. */
  readonly about: { readonly [name: string]: string | number };
};
export const operatorRecord = (contract: Contract, service: string, { action, by, at, reason, about }: OperatorRecord): OutgoingRecord => ({
  topic: deadLetterTopic(contract, service),
  key: `operator/${action}`,
  value: null,
  headers: prefixed(contract, {
    ...{ service, "operator-action": action, "operator-by": by, "operator-at": at, "operator-reason": reason.slice(0, 1_000) },
    ...Object.fromEntries(Object.entries(about).map(([name, value]) => [`operator-${name}`, String(value)])),
  }),
});

type Headers = { readonly [name: string]: string };
const prefixed = ({ prefix }: Contract, headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [`${prefix}-${name}`, value]));
