import { setTimeout as pause } from "node:timers/promises";
import { operations } from "../../schemas/generated/http.ts";
import type { History } from "./history.ts";

/** What a command came to: an answer, or none until the patience was over. */
export type Answered = {
  readonly status: number;
  readonly body: { readonly [field: string]: unknown };
  readonly position: string;
  readonly pending: boolean;
};

export type ClientOptions = {
  /** The gateways that take requests just now. */
  readonly gateways: () => readonly string[];
  readonly token: string;
  readonly principal: string;
  readonly history: History;
  /** Milliseconds for one attempt, and for a command with all its attempts. */
  readonly timeout?: number;
  readonly patience?: number;
};

/** A client as a good citizen writes it: one idempotency key a command, tried again under it until there is an answer. */
export const faultClient = ({ gateways, token, principal, history, timeout = 30_000, patience = 90_000 }: ClientOptions) => {
  let number = 0;
  let turn = 0;
  const flights = new Map<string, number>();
  const counts = { attempts: 0, failed: 0, gaveUp: 0 };

  const send = async (
    operation: keyof typeof operations,
    query: URLSearchParams,
    headers: { readonly [name: string]: string },
    body?: object,
  ) => {
    const { path, method } = operations[operation];
    const all = gateways();
    const gateway = all[turn++ % Math.max(1, all.length)];
    if (!gateway) throw new Error("no gateway takes requests");
    flights.set(gateway, (flights.get(gateway) ?? 0) + 1);
    try {
      const answer = await fetch(new URL(`${path}${query.size > 0 ? `?${query}` : ""}`, gateway), {
        method: method.toUpperCase(),
        headers: { authorization: `Bearer ${token}`, ...headers, ...(body && { "content-type": "application/json" }) },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeout),
      });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    } finally {
      flights.set(gateway, (flights.get(gateway) ?? 1) - 1);
    }
  };

  const command = async (process: number, operation: keyof typeof operations, body: object, key: string): Promise<Answered | undefined> => {
    const mine = ++number;
    history.note({ type: "invoke", process, number: mine, operation, key, principal });
    for (const until = Date.now() + patience; Date.now() < until; ) {
      counts.attempts++;
      try {
        const { status, headers, text } = await send(operation, new URLSearchParams(), { "idempotency-key": key }, body);
        const position = headers.get("pitrix-position") ?? "";
        if (status < 500 && status !== 429 && status !== 401) {
          history.note({ type: status < 400 ? "ok" : "fail", process, number: mine, status, position, body: text });
          return { status, body: JSON.parse(text || "{}"), position, pending: headers.get("pitrix-pending") !== null };
        }
        counts.failed++;
        history.note({
          type: "info",
          process,
          number: mine,
          status,
          retryAfter: headers.get("retry-after") !== null,
          text: text.slice(0, 300),
        });
      } catch (error) {
        counts.failed++;
        history.note({ type: "info", process, number: mine, status: 0, retryAfter: false, text: reasonOf(error) });
      }
      await pause(100 + Math.floor(Math.random() * 300));
    }
    counts.gaveUp++;
    history.note({ type: "gave up", process, number: mine });
    return undefined;
  };

  /** The first row of a query; undefined where there is no fresh answer just now. */
  const read = async (operation: keyof typeof operations, query: { readonly [name: string]: string }, waitFor: string) => {
    counts.attempts++;
    try {
      const { status, headers, text } = await send(operation, new URLSearchParams(query), { "pitrix-wait-for": waitFor });
      if (status >= 500) counts.failed++;
      const fresh = status === 200 && headers.get("pitrix-pending") === null && headers.get("warning") === null;
      return fresh ? JSON.parse(text) : undefined;
    } catch {
      counts.failed++;
      return undefined;
    }
  };

  return { command, read, counts, flightsTo: (gateway: string): number => flights.get(gateway) ?? 0 };
};
export type FaultClient = ReturnType<typeof faultClient>;

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};
