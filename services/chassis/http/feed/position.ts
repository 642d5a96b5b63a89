import type { Offsets } from "../../../../events/runtime.ts";
import type { Opaque } from "../../access/opaque.ts";

/** How far a reader of all topics is: the next offset of each partition, and the time at which topics begin that are not named. */
export type Position = {
  readonly offsets: Offsets;
  /** Milliseconds since 1970. */
  readonly since: number;
};

/** The position after a record. */
export const after = (
  { offsets, since }: Position,
  { topic, partition, offset }: { readonly topic: string; readonly partition: number; readonly offset: number },
): Position => ({ since, offsets: { ...offsets, [topic]: (offsets[topic] ?? []).with(partition, offset + 1) } });

/** Positions as ids of server-sent events. Their offsets, which tell how much happens on the platform, are for nobody's eyes. */
export const positions = ({ close, open }: Opaque) => ({
  idOf: ({ offsets, since }: Position): string =>
    close([since.toString(36), ...Object.entries(offsets).map(([topic, all]) => `${topic} ${all.map(short).join(" ")}`)].join(",")),
  /** Undefined for what the platform has not made. */
  read: (id: string): Position | undefined => {
    const [since = "", ...topics] = open(id)?.split(",") ?? [];
    if (since === "") return undefined;
    const offsets = topics.map((text) => {
      const [topic = "", ...all] = text.split(" ");
      return [topic, all.map(long)] as const;
    });
    return { since: long(since), offsets: Object.fromEntries(offsets) };
  },
});

const short = (offset: number): string => offset.toString(36);
const long = (text: string): number => Number.parseInt(text, 36);
