import { aggregatesOf, isStreamKey, streamOf } from "../../../events/index.ts";
import type { Caller } from "../access/access.ts";
import { own } from "../access/rules.ts";
import { contract } from "../contract.ts";
import { Refused, refusals } from "./errors.ts";
import type { Host } from "./host.ts";
import type { Fields } from "./requests.ts";
import type { Need } from "./rows.ts";

type Needed = { readonly [name: string]: Need<{ readonly [model: string]: unknown }> };

/** Fetches what a row needs from the service's own read models. Refuses with 404 what is not there, with 403 what is not the caller's. */
export const fetchNeeds = async (host: Host, needed: Needed, caller: Caller | undefined): Promise<Fields> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(needed).map(async ([name, [model, id, rule = own]]) => {
        if (id === undefined || id === "") return [name, undefined] as const;
        const document = await awaited(host, model, id);
        if (document === "late") throw new Refused(refusals.unavailable(`: [${id}] is not to be read yet`));
        if (!document) throw new Refused(refusals.notFound(id));
        if (caller && !rule.allows(caller, document)) throw new Refused(refusals.notYours(id));
        return [name, document] as const;
      }),
    ),
  );

/**
 * A document, once it is there. What was announced a moment ago may not have been read yet: that is waited for. `late`: the store has what
 * the read model still lacks, so that nobody may be told that it does not exist.
 */
const awaited = async (host: Host, model: string, id: string): Promise<Fields | "late" | undefined> => {
  const { documents, clock } = host.ports;
  const collection = host.instance.collections.of(model);
  for (const until = clock.now() + host.wait; ; ) {
    const [found] = await documents.get(collection, [id]);
    if (found) return found.deleted ? undefined : found.value;
    const there = await isThere(host, model, id);
    if (there === false) return undefined;
    if (clock.now() >= until) return there ? "late" : undefined;
    await host.instance.changed(Math.min(50, until - clock.now()));
  }
};

/** For a read model of own streams, one document each: does the store have something that it reads? Undefined: that cannot be told here. */
const isThere = async ({ models, ports, instance }: Host, name: string, id: string): Promise<boolean | undefined> => {
  const model = models.get(name);
  if (!model) return false;
  if (model.key || !isStreamKey(id)) return undefined;
  const sources = aggregatesOf(contract, Object.keys(model.evolve), model.of);
  if (!sources.every((aggregate) => aggregate in instance.service.aggregates)) return undefined;
  const streams = await Promise.all(sources.map((aggregate) => ports.store.read(streamOf(aggregate, id), 0)));
  return streams.flat().some(({ events }) => events.some(({ type }) => type in model.evolve));
};
