import type { Response } from "express";
import { operations } from "../../../schemas/generated/http.ts";
import type { Caller } from "../access/access.ts";
import { callerOf } from "./authentication.ts";
import { areShownTo } from "./awaited.ts";
import { edgeOf, requestEdge } from "./edge.ts";
import { compact, type Fields } from "./fields.ts";
import { sendFile } from "./files.ts";
import type { Source } from "./frames.ts";
import type { Host } from "./host.ts";
import { positionsIn } from "./positions.ts";
import { isProblem, isRejected, makeProblem, type Problem, problemOf } from "./problems.ts";
import { runQuery } from "./queries.ts";
import { readsFor } from "./reads.ts";
import { actorOf, type CheckedRequest } from "./request.ts";
import type { AnswerRow, BytesRow, Context, FileAnswer, QueryRow, StreamRow } from "./rows.ts";
import { openStream, sendStream } from "./streams.ts";

type ReadingRow = QueryRow | AnswerRow | BytesRow | StreamRow;

/** Answers a row that only reads, once the read models show the positions that the caller waits for. */
export const runReading = async (
  host: Host,
  row: ReadingRow,
  checked: CheckedRequest,
  response: Response,
): Promise<Problem | undefined> => {
  const text = checked.request.get("pitrix-wait-for")?.trim();
  const positions = text ? positionsIn(text) : [];
  if (!positions) return makeProblem("illegal_parameter_format", "Pitrix-Wait-For");
  const model = row.kind === "query" ? row.from : undefined;
  const seen = await Promise.all(positions.map((position) => areShownTo(host, checked.caller, position, model)));
  if (!seen.every(Boolean)) response.set("Pitrix-Pending", "true");
  if (row.kind === "query") {
    const found = await page(host, row, checked);
    return isProblem(found) ? found : void response.json(compact(found));
  }
  const look = () => callerOf(host.identity, row.operation, checked.request.get("authorization"));
  const stream = row.kind === "stream" ? openStream(response, look, { clock: host.ports.clock, stopping: host.stopping }) : undefined;
  const result = await answer(host, row, checked, stream);
  if (isProblem(result)) return result;
  if (isRejected(result)) return problemOf(result);
  if (row.kind === "bytes") return sendFile(response, result as FileAnswer); // The row's maker takes nothing else; so below.
  if (stream) await sendStream(response, result as Source<unknown>, stream);
  else response.json(compact(result));
  return undefined;
};

const page = (host: Host, row: QueryRow, { fields, caller }: CheckedRequest): Promise<Fields | Problem> => {
  const { rows } = operations[row.operation];
  if (!rows) throw new Error(`${row.operation} is not a list in the contract, so it cannot be a query row`);
  return runQuery(row, fields, contextOf(host, caller), {
    models: host.models,
    collections: host.instance.collections,
    documents: host.ports.documents,
    caller,
    rowsField: rows,
    outside: host.outside,
  });
};

const answer = (
  host: Host,
  row: AnswerRow | BytesRow | StreamRow,
  { request, fields, caller }: CheckedRequest,
  stream: ReturnType<typeof openStream> | undefined,
): Promise<unknown> => {
  const reads = readsFor(host.instance.collections, host.ports.documents, caller);
  const edge = edgeOf(host.edge, requestEdge(host.keys, request));
  // The row's maker tied its types to the operation's, which the validator has checked.
  const streaming = stream && { signal: stream.signal, rights: stream.rights, lastEventId: request.get("last-event-id") };
  const context = { ...reads, edge, outside: host.outside, ...contextOf(host, caller), ...streaming };
  return row.answer(fields as never, context as never);
};

const contextOf = (host: Host, caller: Caller | undefined): Context => ({ actor: actorOf(caller), now: host.ports.clock.now() });
