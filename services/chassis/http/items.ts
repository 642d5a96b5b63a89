import type { Actor, Message } from "../../../events/index.ts";
import type { Outcome } from "../../../events/runtime.ts";
import type { Caller } from "../access/access.ts";
import { type Refusal, Refused, refusals } from "./errors.ts";
import type { Idempotency } from "./idempotency.ts";
import { type IdSource, type Ids, idsOf } from "./ids.ts";
import type { Fields } from "./requests.ts";
import type { CommandRow, Edge } from "./rows.ts";

/** One request of a command row. */
export type CommandRequest = {
  readonly fields: Fields;
  readonly caller: Caller | undefined;
  readonly actor: Actor;
  readonly edge: Edge;
  readonly requestId: string;
  readonly traceparent: string | null;
  readonly idempotency: Idempotency | undefined;
  readonly randomBytes: (bytes: number) => Uint8Array;
};

/** One id of `each`, or the request as a whole, on its way from request to outcome. */
export type Item = { readonly index: number; readonly id: string; readonly fields: Fields; readonly ids: Ids };
/** What is to be carried out for it. */
export type Planned = { readonly item: Item; readonly messages: readonly Message[]; readonly context: object };
/** What came of it. */
export type Done = { readonly item: Item; readonly outcomes: readonly Outcome[]; readonly refusal: Refusal | undefined };

/** Ids that one request may name: so many commands are carried out for it. */
const MOST = 1_000;

/** The items of a request, each id once. */
export const itemsOf = ({ each }: CommandRow, { fields, idempotency, randomBytes }: CommandRequest): readonly Item[] => {
  const source: IdSource = idempotency?.bytes ?? (() => randomBytes(64));
  const given: unknown = each === undefined ? undefined : fields[each];
  const list = Array.isArray(given) ? [...new Set(given.map(String).filter(Boolean))] : given === undefined ? [] : [String(given)];
  if (list.length > MOST) throw new Refused(refusals.malformed(each, `more than ${MOST} at once`));
  if (each === undefined) return [{ index: 0, id: "", fields, ids: idsOf(source, "") }];
  return list.map((id, index) => ({ index, id, fields: { ...fields, [each]: Array.isArray(given) ? [id] : id }, ids: idsOf(source, id) }));
};
