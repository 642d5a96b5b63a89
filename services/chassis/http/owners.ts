import { type AnyProjection, aggregateOf, aggregatesOf, keyOf } from "../../../events/index.ts";
import type { Owned } from "../access/ownership.ts";
import { contract } from "../contract.ts";
import type { Host } from "./host.ts";

/** Whose a row is, as rules compare it. */
export type Owner = Pick<Owned, "owner" | "owner_group">;

/** The read models that have one document for each stream of an aggregate. */
export const modelsOfStreams = ({ models }: Pick<Host, "models">, aggregate: string): readonly AnyProjection[] =>
  [...models.values()].filter(({ key, evolve, of }) => !key && aggregatesOf(contract, Object.keys(evolve), of).includes(aggregate));

/** Whose these streams of the service are, as far as its read models say. */
export const ownersOf = async (host: Host, streams: readonly string[]): Promise<ReadonlyMap<string, Owner>> => {
  const owners = new Map<string, Owner>();
  for (const aggregate of new Set(streams.map(aggregateOf))) {
    const ids = [...new Set(streams.filter((stream) => aggregateOf(stream) === aggregate).map(keyOf))];
    const [model] = modelsOfStreams(host, aggregate).filter(({ initialState }) => "owner_group" in Object(initialState));
    if (!model) continue;
    const found = await host.ports.documents.get(await host.instance.collections.of(model.name), ids);
    // `as` is safe: the model's documents have an owner.
    for (const { id, value, deleted } of found) if (!deleted) owners.set(`${aggregate}/${id}`, value as unknown as Owner);
  }
  return owners;
};
