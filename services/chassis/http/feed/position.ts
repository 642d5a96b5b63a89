import avro from "avsc";
import type { Offsets } from "../../../../events/runtime.ts";
import type { Opaque } from "../../access/opaque.ts";

/** How far a reader of all topics is: the next offset of each partition, and the time at which topics begin that are not named. */
export type Position = {
  readonly offsets: Offsets;
  /** Milliseconds since 1970. */
  readonly since: number;
};

/** A position as bytes: of each partition but the first, by how much it differs from the one before, which is near. */
const written = avro.Type.forSchema({
  type: "record",
  name: "Position",
  fields: [
    { name: "since", type: "long" },
    {
      name: "topics",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "Topic",
          fields: [
            { name: "name", type: "string" },
            { name: "steps", type: { type: "array", items: "long" } },
          ],
        },
      },
    },
  ],
});
type Written = { readonly since: number; readonly topics: readonly { readonly name: string; readonly steps: readonly number[] }[] };
/** What positions begin with. Those of earlier releases are texts, and begin with a digit or a letter. */
const BINARY = 1;

/** Positions as ids of server-sent events. Their offsets, which tell how much happens on the platform, are for nobody's eyes. */
export const positions = ({ close, open }: Opaque) => ({
  /** Throws where topics have more partitions than an id can hold: about 1,000 in all. */
  idOf: ({ offsets, since }: Position): string => {
    const topics = Object.entries(offsets).map(([name, all]) => ({ name, steps: all.map((each, index) => each - (all[index - 1] ?? 0)) }));
    return close(Buffer.concat([Buffer.of(BINARY), written.toBuffer({ since, topics } satisfies Written)]));
  },
  /** Undefined for what the platform has not made. */
  read: (id: string): Position | undefined => {
    const bytes = open(id);
    if (!bytes || bytes[0] !== BINARY) return bytes && formerly(bytes.toString());
    const { since, topics } = written.fromBuffer(bytes.subarray(1)) as Written; // Only `idOf` has the key.
    return { since, offsets: Object.fromEntries(topics.map(({ name, steps }) => [name, sums(steps)])) };
  },
});

const sums = (steps: readonly number[]): readonly number[] => {
  let sum = 0;
  return steps.map((step) => {
    sum += step;
    return sum;
  });
};

/** A position as earlier releases wrote it: `since,topic offset offset,topic offset`, with numbers to the base 36. */
const formerly = (text: string): Position | undefined => {
  const [since = "", ...topics] = text.split(",");
  if (since === "") return undefined;
  const offsets = topics.map((each) => {
    const [topic = "", ...all] = each.split(" ");
    return [topic, all.map(long)] as const;
  });
  return { since: long(since), offsets: Object.fromEntries(offsets) };
};
const long = (text: string): number => Number.parseInt(text, 36);
