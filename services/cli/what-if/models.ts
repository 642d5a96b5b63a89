import { aggregateOf, aggregatesOf, type StoredDocument } from "../../../events/index.ts";
import { type Delivered, digestOf } from "../../../events/runtime.ts";
import type { Build } from "../build.ts";
import { type Builds, fieldsThatDiffer, messageOf, type Pair, type Tallies } from "./differences.ts";

/** Documents of the read models that both builds have. */
export const modelPairs = ({ here, there, mine, theirs }: Builds, tally: Tallies) => {
  const models = [...mine].flatMap(([service, { projections = [] }]) =>
    projections.flatMap((one) => {
      const other = theirs.get(service)?.projections?.find(({ name }) => name === one.name);
      if (!other) return [];
      const read = ({ contract }: Build, { evolve: rows, of }: typeof one) =>
        new Set(Object.keys(rows).flatMap((type) => aggregatesOf(contract, [type], of).map((aggregate) => `${aggregate}/${type}`)));
      const pairs = new Map<string, Pair<StoredDocument>>();
      return [{ service, one, other, reads: { here: read(here, one), there: read(there, other) }, pairs }];
    }),
  );
  type Model = (typeof models)[number];
  const fold = (side: "here" | "there", build: Build, model: Model, delivered: Delivered, changed: Set<string>): void => {
    const projection = side === "here" ? model.one : model.other;
    const { stream, eventId } = delivered.meta;
    if (!model.reads[side].has(`${aggregateOf(stream)}/${delivered.event.type}`)) return;
    try {
      for (const id of build.idsOf(projection, delivered.event, delivered.meta)) {
        const pair = model.pairs.get(id) ?? { here: undefined, there: undefined, stopped: {}, event: "" };
        model.pairs.set(id, pair);
        if (pair.stopped[side] !== undefined) continue;
        changed.add(id);
        try {
          pair[side] = build.evolve(projection, id, pair[side], delivered);
        } catch (error) {
          pair.stopped[side] = `parked at ${eventId}: ${messageOf(error)}`;
        }
      }
    } catch {
      // Its key throws in this build: the other one has a document without a counterpart.
    }
  };
  const isEqual = ({ here: a, there: b, stopped }: Pair<StoredDocument>): boolean =>
    stopped.here === stopped.there && (a && digestOf(a)) === (b && digestOf(b));
  return {
    take: (one: Delivered, other: Delivered): void => {
      for (const model of models) {
        const changed = new Set<string>();
        fold("here", here, model, one, changed);
        fold("there", there, model, other, changed);
        for (const id of changed) {
          const pair = model.pairs.get(id);
          if (pair && pair.event === "" && !isEqual(pair)) pair.event = one.meta.eventId;
          else if (pair && pair.event !== "" && isEqual(pair)) pair.event = "";
        }
      }
    },
    finish: (): void => {
      const told = (document: StoredDocument | undefined, stopped: string | undefined, fields: string): string =>
        stopped ?? (!document ? "no document" : document.deleted ? "deleted" : fields || `version ${document.version}`);
      for (const { service, one, pairs } of models)
        for (const [id, pair] of pairs) {
          const both = pair.here && pair.there && !pair.here.deleted && !pair.there.deleted;
          const fields = both ? fieldsThatDiffer(pair.here?.value, pair.there?.value) : "";
          const example = {
            ...{ id, event: pair.event },
            here: told(pair.here, pair.stopped.here, fields),
            there: told(pair.there, pair.stopped.there, fields),
          };
          tally.note("read model", service, one.name, isEqual(pair) ? undefined : example);
        }
    },
  };
};
