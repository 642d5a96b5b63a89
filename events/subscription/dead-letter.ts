import type { OutgoingRecord, Parked } from "../ports.ts";
import { originOf } from "./delivered.ts";

export const deadLetterTopic = (service: string): string => `pitrix.deadLetter.${service}`;

/** A copy of a parked event, as it was, with where it comes from and why it is here. */
export const deadLetter = (service: string, parked: Parked): OutgoingRecord => {
  const { record, subscription, row, eventId, reason, time, attempts, asked } = parked;
  return {
    topic: deadLetterTopic(service),
    key: record.key,
    value: record.value,
    headers: {
      ...record.headers,
      "pitrix-service": service,
      "pitrix-subscription": subscription,
      "pitrix-row": row,
      "pitrix-origin": originOf(record),
      "pitrix-event-id": eventId,
      "pitrix-reason": reason.slice(0, 1_000),
      "pitrix-parked-at": time,
      "pitrix-attempts": String(attempts),
      ...(asked?.action === "discard" && {
        "pitrix-discarded-by": asked.by,
        "pitrix-discarded-at": asked.time,
        "pitrix-discard-reason": asked.reason.slice(0, 1_000),
      }),
    },
  };
};
