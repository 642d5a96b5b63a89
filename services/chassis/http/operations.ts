import type { Request, Response } from "express";
import { operations } from "../../../schemas/generated/http.ts";
import type { Caller } from "../access/access.ts";
import { runCommand } from "./commands.ts";
import { edgeOf } from "./edge.ts";
import { ofRejection, Refused, refusals } from "./errors.ts";
import { sendFile } from "./files.ts";
import type { Host } from "./host.ts";
import { derivedSecret, type Idempotency, idempotency } from "./idempotency.ts";
import { type Position, positionsIn } from "./positions.ts";
import { runQuery } from "./queries.ts";
import { readsFor } from "./reads.ts";
import { compact, type Fields, isFields } from "./requests.ts";
import type { AnswerRow, BytesRow, CommandRow, Context, FileAnswer, HttpRow, QueryRow, StreamRow } from "./rows.ts";
import { sendStream, streamSignal } from "./streams.ts";

/** A request whose caller is known and whose fields are checked. */
export type Checked = {
  readonly request: Request;
  readonly fields: Fields;
  readonly caller: Caller | undefined;
  readonly requestId: string;
  readonly traceparent: string | null;
};

/** Answers an operation by its row. */
export const perform = async (host: Host, row: HttpRow, checked: Checked, response: Response): Promise<void> => {
  if (row.kind === "command") return command(host, row, checked, response);
  const waitFor = positionsOf(checked.request);
  const seen = await Promise.all(
    waitFor.map(({ stream, version }) => host.instance.seen(stream, version, host.wait, row.kind === "query" ? row.from : undefined)),
  );
  if (!seen.every(Boolean)) response.set("Pitrix-Pending", "true");
  if (row.kind === "query") return void response.json(compact(await query(host, row, checked)));
  if (row.kind === "stream") {
    const signal = streamSignal(response, host.stopping);
    const events = (await answer(host, row, checked, { signal })) as AsyncIterable<unknown>; // The row's maker takes nothing else; so below.
    return sendStream(response, events, host.ports.clock, signal);
  }
  const result = await answer(host, row, checked);
  if (row.kind === "bytes") sendFile(response, result as FileAnswer);
  else response.json(compact(result));
};

const command = async (
  host: Host,
  row: CommandRow,
  { request, fields, caller, requestId, traceparent }: Checked,
  response: Response,
): Promise<void> => {
  const key = caller && request.get("idempotency-key")?.trim();
  if (key && key.length > 256) throw new Refused(refusals.malformed("Idempotency-Key"));
  const same = key && caller ? idempotency(host.keys, caller.userId, row.operation, key, fields, host.edge.random) : undefined;
  const { edge, destroyKeys } = edgeFor(host, request, same);
  const { body, refusal, position, pending, fresh } = await runCommand(host, row, {
    fields,
    caller,
    actor: actorOf(caller),
    edge,
    requestId,
    traceparent,
    idempotency: same,
    randomBytes: host.edge.random,
  });
  if (position) response.set("Pitrix-Position", position);
  if (pending) response.set("Pitrix-Pending", "true");
  if (refusal) {
    if (fresh)
      await destroyKeys().catch((error: unknown) =>
        host.logger.warn({ error, correlationId: requestId }, "the keys of a refused request's secrets were not destroyed"),
      );
    throw new Refused(refusal);
  }
  response.json(compact(body));
};

const query = (host: Host, row: QueryRow, { fields, caller }: Checked): Promise<Fields> => {
  const { rows } = operations[row.operation];
  if (!rows) throw new Error(`${row.operation} is no list in the contract, so it cannot be a query row`);
  const everybody: Caller = { userId: "", groupPath: "", ownerPath: "", level: "all" };
  return runQuery(row, fields, contextOf(host, caller), {
    models: host.models,
    collections: host.instance.collections,
    documents: host.ports.documents,
    caller: caller ?? everybody,
    rowsField: rows,
  });
};

const answer = async (
  host: Host,
  row: AnswerRow | BytesRow | StreamRow,
  { request, fields, caller }: Checked,
  more: object = {},
): Promise<unknown> => {
  const reads = readsFor(host.instance.collections, host.ports.documents, caller);
  const { edge } = edgeFor(host, request, undefined);
  // The row's maker tied its types to the operation's, which the validator has checked.
  const context = { ...reads, edge, outside: host.outside, ...contextOf(host, caller), ...more };
  const result = await row.answer(fields as never, context as never);
  if (isFields(result) && typeof result.rejected === "string") throw new Refused(ofRejection({ ...result, rejected: result.rejected }));
  return result;
};

/** The edge of one request, and how to destroy the keys of what it sealed. */
const edgeFor = (host: Host, request: Request, same: Idempotency | undefined) => {
  const sealed: string[] = [];
  const { sealing } = host.edge;
  const seal = async (secret: string): Promise<string> => {
    const text = await sealing.seal(secret);
    sealed.push(text);
    return text;
  };
  const edge = edgeOf(
    { ...host.edge, sealing: { ...sealing, seal } },
    {
      header: (name) => request.get(name),
      ...(same && { secret: (nth: number, bytes: number) => derivedSecret(host.keys, same.scope, String(nth), bytes) }),
    },
  );
  return { edge, destroyKeys: async () => void (await Promise.all(sealed.map(sealing.destroyKey))) };
};

const contextOf = (host: Host, caller: Caller | undefined): Context => ({ actor: actorOf(caller), now: host.ports.clock.now() });
const actorOf = (caller: Caller | undefined) => ({ userId: caller?.userId ?? "", ownerPath: caller?.ownerPath ?? "" });

const positionsOf = (request: Request): readonly Position[] => {
  const text = request.get("pitrix-wait-for")?.trim();
  if (!text) return [];
  const positions = positionsIn(text);
  if (!positions) throw new Refused(refusals.malformed("Pitrix-Wait-For"));
  return positions;
};
