import { type AnyProjection, aggregateOf, aggregatesOf, eachOf, keyOf } from "../../../events/index.ts";
import { codec } from "../../../events/runtime.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { type Owned, ownedBy } from "../access/ownership.ts";
import { contract } from "../contract.ts";
import type { Host } from "./host.ts";

/** Streams that are read at once. */
const READING = 4;
const released = codec(schemas);

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

/**
 * Whose these streams of the service are, by its read models, or else by the first event of the stream that names an owner: what was deleted has
 * its owner still.
 */
export const ownersOfAny = async (host: Host, streams: readonly string[]): Promise<ReadonlyMap<string, Owner>> => {
  const owners = new Map(await ownersOf(host, streams));
  await eachOf(
    streams.filter((stream) => !owners.has(stream)),
    READING,
    async (stream) => {
      const commits = await host.ports.store.read(stream, 0);
      for (const { schemaId, bytes } of commits.flatMap(({ events }) => events)) {
        const owner = ownerIn(released.decode(schemaId, bytes));
        if (owner) return void owners.set(stream, owner);
      }
    },
  );
  return owners;
};

const ownerIn = (event: object): Owner | undefined => {
  const { owner, ownerPath }: { readonly owner?: unknown; readonly ownerPath?: unknown } = event;
  return typeof owner === "string" && owner !== "" && typeof ownerPath === "string" ? ownedBy({ owner, ownerPath }) : undefined;
};
