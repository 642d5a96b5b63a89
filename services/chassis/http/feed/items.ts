import type { Offsets } from "../../../../events/runtime.ts";
import type { CloudEvent } from "../../../../schemas/generated/http.ts";
import type { EventsPage, OwnedEvent } from "../event-routes.ts";
import { type Frames, frameOfJson, notice } from "../frames.ts";
import type { Position } from "./position.ts";

/** What may be sent to a caller: an event with its owner, or that topics do not hold everything any more. */
export type Item = {
  /** What filters look at; undefined for a gap, which concerns everybody. */
  readonly event: Pick<CloudEvent, "id" | "type" | "subject" | "correlationid" | "actionid"> | undefined;
  /** Null: nobody's. */
  readonly owner: OwnedEvent["owner"];
  /** The event in the JSON format of CloudEvents. */
  readonly json: string;
  /** The message, made when it is first sent, and then the same for all callers. One that is marked has an id, which costs more than all the rest. */
  readonly frame: (isMarked: boolean) => Frames<CloudEvent>;
};
/** An item with its place in the log; a gap has none. */
export type Placed = Item & { readonly at: Pick<OwnedEvent, "topic" | "partition" | "offset"> | undefined; readonly size: number };

/** Bytes of an item beside its JSON. */
const OVERHEAD = 500;

/** The items of a page for a reader who is at `before`, the gap first. `idOf` names a position as the id of a message. */
export const itemsOf = ({ events, from, lost }: EventsPage, before: Position, idOf: (position: Position) => string): readonly Placed[] => {
  const begin = at(before, from);
  const places = events.map(({ topic, partition, offset }) => ({ topic, partition, offset }));
  /** The position after the item of this number. */
  const after = (number: number): Position => {
    const offsets = new Map(Object.entries(from).map(([topic, all]) => [topic, [...all]]));
    for (const { topic, partition, offset } of places.slice(0, number + 1)) offsets.get(topic)?.fill(offset + 1, partition, partition + 1);
    return at(begin, Object.fromEntries(offsets));
  };
  const items = events.map(({ event, owner }, number): Placed => {
    const json = JSON.stringify(event);
    const { id, type, subject, correlationid = "", actionid = "" } = event;
    const marked = once(() => frameOfJson<CloudEvent>(json, idOf(after(number))));
    const plain = once(() => frameOfJson<CloudEvent>(json));
    const size = json.length + OVERHEAD;
    const frame = (isMarked: boolean): Frames<CloudEvent> => (isMarked ? marked() : plain());
    return { event: { id, type, subject, correlationid, actionid }, owner, json, frame, at: places[number], size };
  });
  if (lost.length === 0) return items;
  const gap = { topic: lost };
  const frame = (): Frames<CloudEvent> => notice("gap", gap, idOf(begin));
  return [{ event: undefined, owner: null, json: JSON.stringify(gap), frame, at: undefined, size: OVERHEAD }, ...items];
};

/** A position with other offsets of some topics. */
export const at = ({ offsets, since }: Position, some: Offsets): Position => ({ since, offsets: { ...offsets, ...some } });

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
