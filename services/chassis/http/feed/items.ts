import type { Offsets } from "../../../../events/runtime.ts";
import type { CloudEvent } from "../../../../schemas/generated/http.ts";
import type { EventsPage, OwnedEvent } from "../event-routes.ts";
import { type Frames, frameOfJson, notice } from "../frames.ts";
import { after, type Position } from "./position.ts";

/** What may be sent to a caller: an event with its owner, or that topics do not hold everything any more. */
export type Item = {
  /** What filters look at; undefined for a gap, which concerns everybody. */
  readonly event: Pick<CloudEvent, "id" | "type" | "subject" | "correlationid" | "actionid"> | undefined;
  /** Null: nobody's. */
  readonly owner: OwnedEvent["owner"];
  /** The event in the JSON format of CloudEvents. */
  readonly json: string;
  /** Made when it is first sent, and then the same for all callers. */
  readonly frame: () => Frames<CloudEvent>;
};
/** An item with its place in the log; a gap has none. */
export type Placed = Item & { readonly at: Pick<OwnedEvent, "topic" | "partition" | "offset"> | undefined; readonly size: number };

/** Bytes of an item beside its JSON. */
const OVERHEAD = 500;

/** The items of a page for a reader who is at `before`, the gap first. `idOf` names a position as the id of a message. */
export const itemsOf = ({ events, from, lost }: EventsPage, before: Position, idOf: (position: Position) => string): readonly Placed[] => {
  let position = at(before, from);
  const gap = (): Frames<CloudEvent> => notice("gap", { topic: lost }, idOf(at(before, from)));
  const items = events.map(({ event, owner, ...place }): Placed => {
    position = after(position, place);
    const reached = position;
    const json = JSON.stringify(event);
    const { id, type, subject, correlationid = "", actionid = "" } = event;
    let made: Frames<CloudEvent> | undefined;
    const frame = (): Frames<CloudEvent> => {
      made ??= frameOfJson(json, idOf(reached));
      return made;
    };
    return { event: { id, type, subject, correlationid, actionid }, owner, json, frame, at: place, size: json.length + OVERHEAD };
  });
  return lost.length > 0
    ? [{ event: undefined, owner: null, json: JSON.stringify({ topic: lost }), frame: gap, at: undefined, size: OVERHEAD }, ...items]
    : items;
};

/** A position with other offsets of some topics. */
export const at = ({ offsets, since }: Position, some: Offsets): Position => ({ since, offsets: { ...offsets, ...some } });
