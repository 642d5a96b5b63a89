import { aggregatesOf, isStreamKey, type Rejection, streamOf } from "../../../events/index.ts";
import type { Caller } from "../access/access.ts";
import { allows } from "../access/rules.ts";
import { contract } from "../contract.ts";
import type { Fields } from "./fields.ts";
import type { Host } from "./host.ts";
import { isProblem, isRejected, makeProblem, type Problem, rejection } from "./problems.ts";
import type { AnyNeed } from "./rows.ts";

/**
 * Fetches the documents that a command needs from the service's own read models. A document that does not exist, or that the caller may not
 * use, is a rejection. One that the read model does not show yet is a problem: it may be there a moment later.
 */
export const fetchNeeds = async (
  host: Host,
  needs: { readonly [name: string]: AnyNeed },
  caller: Caller | undefined,
): Promise<Fields | Rejection | Problem> => {
  const found = await Promise.all(
    Object.entries(needs).map(async ([name, [model, id, rule = "own"]]) => {
      if (id === undefined || id === "") return [name, undefined] as const;
      const document = await documentOf(host, model, id);
      if (document === "late") return makeProblem("unavailable", `: [${id}] is not to be read yet`);
      if (!document) return rejection("notFound", "resource_not_found", id);
      return allows(rule, caller, document) ? ([name, document] as const) : rejection("denied", "error_resource_access_denied", id);
    }),
  );
  const entries: Entry[] = [];
  for (const each of found) {
    if (isProblem(each) || isRejected(each)) return each;
    entries.push(each);
  }
  return Object.fromEntries(entries);
};
type Entry = readonly [name: string, document: Fields | undefined];

/**
 * A document, once it is there: an event of a moment ago may not have been read yet, which is waited for. `late`: the store has events that the
 * read model does not show yet, so that the document may not be said not to exist.
 */
const documentOf = async (host: Host, model: string, id: string): Promise<Fields | "late" | undefined> => {
  const { documents, clock } = host.ports;
  const collection = await host.instance.collections.of(model);
  for (const until = clock.now() + host.wait; ; ) {
    const [found] = await documents.get(collection, [id]);
    if (found) return found.deleted ? undefined : found.value;
    const isInStore = await hasEvents(host, model, id);
    if (isInStore === false) return undefined;
    if (clock.now() >= until) return isInStore ? "late" : undefined;
    await host.instance.changed(Math.min(50, until - clock.now()));
  }
};

/** Whether the store has events of which the read model makes this document. Undefined where the service's own store cannot tell. */
const hasEvents = async ({ models, ports, instance }: Host, name: string, id: string): Promise<boolean | undefined> => {
  const model = models.get(name);
  if (!model) return false;
  if (model.key || !isStreamKey(id)) return undefined;
  const sources = aggregatesOf(contract, Object.keys(model.evolve), model.of);
  if (!sources.every((aggregate) => aggregate in instance.service.aggregates)) return undefined;
  const streams = await Promise.all(sources.map((aggregate) => ports.store.read(streamOf(aggregate, id), 0)));
  return streams.flat().some(({ events }) => events.some(({ type }) => type in model.evolve));
};
