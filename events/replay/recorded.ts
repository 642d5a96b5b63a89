import { BODY } from "../codec/framing.ts";
import type { Contract } from "../contract.ts";
import { causeIn } from "../log/cause.ts";
import { headerOf, metaOf } from "../log/record.ts";
import type { Message } from "../message.ts";
import type { Commit, EncodedEvent, LogRecord } from "../ports.ts";
import { dueOf } from "../store/draft.ts";
import type { Delivered } from "../subscription/delivered.ts";
import { originOf } from "../subscription/delivered.ts";

/** An event of the service's own, as the log has it. */
export type Recorded = {
  readonly record: LogRecord;
  readonly version: number;
  readonly event: Message;
  readonly stored: EncodedEvent;
};

export const recordedIn = (record: LogRecord, { event, meta }: Delivered, schemaId: number): Recorded => ({
  ...{ record, event, version: meta.version },
  stored: { type: event.type, schemaId, bytes: new Uint8Array(record.value?.subarray(BODY) ?? []) },
});

/** The versions of the first and the last event of the commit; undefined if the build that published the record did not tell. */
export const boundsOf = (record: LogRecord): { readonly first: number; readonly last: number } | undefined => {
  const [, first, last] = /^(\d{1,15})-(\d{1,15})$/.exec(headerOf(record, "ce_commit") ?? "") ?? [];
  return first === undefined || last === undefined ? undefined : { first: Number(first), last: Number(last) };
};

export const sameEvent = (one: EncodedEvent, other: EncodedEvent): boolean =>
  one.type === other.type && one.schemaId === other.schemaId && Buffer.compare(one.bytes, other.bytes) === 0;

/**
 * The commit of these events, without claims and with nothing to publish; what only its store knew is missing. Returns a text if the log does not
 * tell what made it.
 */
export const commitIn = (
  contract: Contract,
  aggregate: Parameters<typeof dueOf>[0],
  events: readonly [Recorded, ...(readonly Recorded[])],
  settings: unknown,
): Commit | string => {
  const [{ record, version }] = events;
  const { stream, time, actor, correlationId, causationId, actionId, hops, traceparent } = metaOf(record, version);
  const cause = causeIn(contract, headerOf(record, "ce_cause"), causationId);
  if (cause === undefined)
    return `its cause, which ${originOf(record)} has, was sealed with a platform key that this process does not have`;
  return {
    ...{ stream, version, cause, rejection: null, claims: [], publish: false },
    ...{ events: events.map(({ stored }) => stored) },
    ...dueOf(
      aggregate,
      events.map(({ event }) => event),
      version,
      time,
      settings,
    ),
    metadata: {
      ...{ time, actor, correlationId, causationId, actionId, row: headerOf(record, "ce_row") ?? "", traceparent, hops },
      fingerprint: null,
    },
  };
};
