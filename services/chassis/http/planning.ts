import { badKeyOf, isRejection, type Message, type Rejection } from "../../../events/index.ts";
import { type Refusal, Refused, refusals, rejectionOf } from "./errors.ts";
import type { Host } from "./host.ts";
import type { CommandRequest, Done, Item, Planned } from "./items.ts";
import { fetchNeeds } from "./needs.ts";
import { readsFor } from "./reads.ts";
import { refusedBefore } from "./recorded.ts";
import { isFields } from "./requests.ts";
import type { CommandRow } from "./rows.ts";

/** From the request to the commands, or to a refusal before any. */
export const planFor = async (host: Host, row: CommandRow, request: CommandRequest, item: Item): Promise<Planned | Done> => {
  const { caller, actor, edge } = request;
  const fields = item.fields as never; // The validator has checked it against the operation that the row is typed by; so below.
  try {
    const needs = await fetchNeeds(host, row.needs?.(fields, item.id) ?? {}, caller);
    const context = { actor, now: host.ports.clock.now(), item: item.id, needs };
    const reads = readsFor(host.instance.collections, host.ports.documents, caller);
    const prepared = await row.prepare?.(fields, { ...reads, ...context, edge, outside: host.outside } as never);
    if (isRefused(prepared)) return await refusedBefore(host, row, request, item, prepared);
    const given = { ...context, prepared, actionId: item.ids.actionId };
    const result = row.command(fields, { ...given, newId: item.ids.reading() } as never);
    const decided: readonly Message[] | Rejection = "type" in result ? [result] : result;
    if (isRejection(decided)) return await refusedBefore(host, row, request, item, decided);
    const refusal = badKeyIn(host, decided, item);
    if (refusal) return await refusedBefore(host, row, request, item, rejectionOf(refusal));
    return { item, messages: decided, context: given };
  } catch (error) {
    // "Not now" is no answer that may be kept.
    if (!(error instanceof Refused) || error.refusal.name === "unavailable") throw error;
    return refusedBefore(host, row, request, item, rejectionOf(error.refusal));
  }
};

/** Refuses an id that the client chose and that no stream can have, before anything of the request is committed. */
const badKeyIn = ({ instance }: Host, messages: readonly Message[], { fields }: Item): Refusal | undefined => {
  for (const message of messages) {
    const key = badKeyOf(instance.service, message);
    if (key === undefined) continue;
    const value: unknown = Reflect.get(message, key);
    const [parameter = key] = Object.entries(fields).find(([, given]) => [given].flat().includes(value)) ?? [];
    return refusals.malformed(parameter);
  }
  return undefined;
};

const isRefused = (value: unknown): value is Rejection => isFields(value) && typeof value.rejected === "string";
