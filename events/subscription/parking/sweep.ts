import { nameOf } from "../../log/partition.ts";
import { type Context, learnDiscarded } from "./context.ts";
import type { Due } from "./retry.ts";

/** Streams whose stored state differs from the known one, and streams that may continue. `fresh` are partitions that were not swept yet. */
export const sweep = async (context: Context, fresh: ReadonlySet<string>): Promise<readonly Due[]> => {
  const { parking, subscription, owned } = context;
  const found = await parking.streams(subscription);
  const stored = new Set(found.map(({ stream, ...place }) => `${nameOf(place)} ${stream}`));
  const gone = [...owned].flatMap(([name, own]) =>
    [...own.streams.keys()].filter((stream) => !stored.has(`${name} ${stream}`)).map((stream) => ({ owned: own, stream, retry: false })),
  );
  const due = found.flatMap(({ stream, attempts, unknownSchema, ...place }): readonly Due[] => {
    const own = owned.get(nameOf(place));
    if (!own) return [];
    // A former owner parked the stream: a retry shows whether this owner has handled it or must park it.
    const isForeign = !own.streams.has(stream);
    const retry = isForeign || (unknownSchema && fresh.has(nameOf(place)));
    return retry || attempts === 0 ? [{ owned: own, stream, retry }] : [];
  });
  await learnDiscarded(context);
  return [...gone, ...due];
};

/** Streams with an operator request. */
export const asked = async ({ parking, subscription, owned }: Context): Promise<readonly Due[]> => {
  const streams = new Map((await parking.asked(subscription)).map(({ stream, record }) => [stream, record]));
  return [...streams].flatMap(([stream, record]) => {
    const own = owned.get(nameOf(record));
    return own ? [{ owned: own, stream, retry: false }] : [];
  });
};
