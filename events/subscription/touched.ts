import type { Codec } from "../codec/codec.ts";
import { aggregateOf } from "../message.ts";
import type { Documents } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";
import type { KnownEvent } from "./open-reactions.ts";
import { idsOf } from "./projections.ts";

/** What an event changes in a read model. */
export type Touched = {
  readonly model: string;
  readonly eventId: string;
  /** The ids of the documents. */
  readonly documents: readonly string[];
  /** Whether all of them contain the event. */
  readonly shown: boolean;
};

/** The documents that these events change, and whether the read models show it. An event whose row cannot tell its documents is left out. */
export const touchedBy = async (
  projections: readonly AnyProjection[],
  collectionOf: (model: string) => Promise<string> | string,
  documents: Pick<Documents, "get">,
  codec: Codec,
  events: readonly KnownEvent[],
): Promise<readonly Touched[]> => {
  const all = projections.map(async (projection): Promise<readonly Touched[]> => {
    const { name: model, evolve, of } = projection;
    const changes = events.flatMap(({ meta, event: { type, schemaId, bytes } }) => {
      if (!Object.hasOwn(evolve, type) || (of && !of.includes(aggregateOf(meta.stream)))) return [];
      try {
        const ids = idsOf(projection, codec.decode(schemaId, bytes), meta);
        return ids.length === 0 ? [] : [{ meta, ids }];
      } catch {
        return [];
      }
    });
    if (changes.length === 0) return [];
    const found = await documents.get(await collectionOf(model), [...new Set(changes.flatMap(({ ids }) => ids))]);
    const versions = new Map(found.map(({ id, version }) => [id, version]));
    return changes.map(({ meta, ids }) => ({
      ...{ model, eventId: meta.eventId, documents: ids },
      shown: ids.every((id) => (versions.get(id) ?? 0) >= meta.version),
    }));
  });
  return (await Promise.all(all)).flat();
};
