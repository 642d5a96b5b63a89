import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, type Tracer, traced } from "../../events/index.ts";
import type { Caller } from "../chassis/access/access.ts";
import { provenAddress } from "../chassis/access/address.ts";
import { isProblem, makeProblem, type Problem } from "../chassis/http/problems.ts";
import type { PlatformKey } from "../chassis/process/settings.ts";
import { type Answer, discard, pass } from "./answer.ts";
import { type Body, bodyOf, hasBody } from "./body.ts";
import type { AddressOf } from "./caller-address.ts";
import { towardsService } from "./headers.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { RetryBudget } from "./rate-limit.ts";
import type { Route } from "./routes.ts";
import { type LastAnswers, readKey } from "./stale.ts";
import { TransportFailed } from "./transport.ts";
import type { Upstreams } from "./upstream.ts";

/** Milliseconds that services may take to answer. */
export type Timeouts = { readonly read: number; readonly write: number };
export type RetryParts = {
  readonly upstreams: Upstreams;
  readonly answers: LastAnswers;
  readonly budget: RetryBudget;
  readonly clock: Clock;
  readonly metrics: GatewayMetrics;
  readonly timeouts: Timeouts;
  readonly tracer?: Tracer | undefined;
  readonly keys: readonly PlatformKey[];
  readonly addressOf: AddressOf;
};
/** An admitted request on its way to a service. */
export type Admitted = {
  readonly route: Route;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller | undefined;
  /** With its question mark; empty for none. */
  readonly query: string;
  readonly requestId: string;
  readonly traceparent: string | null;
};

const MAX_ATTEMPTS = 3;
const none: ReadonlySet<string> = new Set();
/** Milliseconds over which repeated requests are spread. */
const JITTER = 25;

/**
 * Has the service answer a request, and passes the answer on. A failed attempt is repeated where that is safe; a read then falls back to what
 * the same caller got last. Gives a problem where there is no answer, and nothing for a caller that has left.
 */
export const retrying = ({ upstreams, answers, budget, clock, metrics, timeouts, tracer, keys, addressOf }: RetryParts) => {
  return async (admitted: Admitted): Promise<Problem | undefined> => {
    const { route, request, response, caller, query } = admitted;
    const left = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) left.abort(new TransportFailed("abandoned", "the caller has left"));
    });
    budget.earn();
    const body = request.method !== "GET" && hasBody(request) ? bodyOf(request, route.maxBytes) : undefined;
    if (isProblem(body)) return body;
    const key = route.isKept ? readKey(caller, `${route.path}${query}`) : undefined;
    const result = await attempts(admitted, body, left.signal);
    if (result && "status" in result) {
      if (key) answers.note(key, result);
      await pass(result, response);
      return undefined;
    }
    if (result?.kind === "abandoned") return body?.problem();
    const last = key && answers.find(key);
    if (!last) return giveUp(route, result, response);
    if (result?.answer) discard(result.answer);
    metrics.stale.inc({ operation: route.name });
    // The last answer may be older than the position that the caller waits for.
    const pending = request.headers["pitrix-wait-for"] === undefined ? {} : { "pitrix-pending": "true" };
    await pass({ ...last, headers: { ...last.headers, ...pending } }, response);
    return undefined;
  };

  /** The answer of the first instance that gives one, or how the attempts failed; undefined if no instance is healthy. */
  async function attempts(admitted: Admitted, body: Body | undefined, signal: AbortSignal): Promise<Answer | TransportFailed | undefined> {
    const { route, request } = admitted;
    const isRepeatable = canRepeat(route, request.headers["idempotency-key"]);
    const tried = new Set<string>();
    let failure: TransportFailed | undefined;
    let doubt: TransportFailed | undefined;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      // Perhaps only the connection broke: without another instance, the same one is tried again.
      const instance =
        upstreams.choose(route.service, tried) ?? (failure?.kind === "reset" ? upstreams.choose(route.service, none) : undefined);
      if (!instance) break;
      if (failure) {
        metrics.retries.inc({ upstream: route.service, after: failure.kind });
        if (failure.answer) discard(failure.answer);
        await clock.sleep(clock.random() * JITTER * attempt, signal);
      }
      const result = await send(admitted, body, instance, { attempt, alone: !isRepeatable, signal });
      if (!(result instanceof TransportFailed) || result.kind === "abandoned") return result;
      tried.add(instance.instance);
      if (result.kind === "open") continue;
      failure = result;
      // A later attempt that reaches no instance does not undo what this one may have done.
      if (failure.kind === "reset" || failure.kind === "timeout") doubt = failure;
      if (body && !body.repeatable()) break;
      const isUntouched = failure.kind === "refused" || failure.kind === "misdirected";
      if (!isUntouched && !(isRepeatable && budget.spend())) break;
    }
    if (route.repeat === "read" || !doubt) return failure;
    if (failure?.answer) discard(failure.answer);
    return doubt;
  }

  /** One attempt, in a span of its own. */
  function send(
    { route, request, query, requestId, traceparent: parent }: Admitted,
    body: Body | undefined,
    instance: NonNullable<ReturnType<Upstreams["choose"]>>,
    { attempt, alone, signal }: { readonly attempt: number; readonly alone: boolean; readonly signal: AbortSignal },
  ): Promise<Answer | TransportFailed> {
    const { headers, method = "GET" } = request;
    const milliseconds = route.repeat === "read" ? timeouts.read : timeouts.write;
    const start = () => ({
      name: `${method} ${route.service}`,
      kind: "client" as const,
      attributes: {
        ...{ "http.request.method": method, "url.full": `${instance.url}${route.path}`, "pitrix.instance": instance.instance },
        ...(attempt > 1 && { "http.request.resend_count": attempt - 1 }),
      },
    });
    return traced(tracer, parent, start, async (traceparent, span) => {
      const address = request.socket.remoteAddress ?? "";
      const from = { headers, address, proven: provenAddress(keys, addressOf(request)), requestId, traceparent };
      const towards = towardsService(from, route.service, body !== undefined);
      const outgoing = { method, path: `${route.path}${query}`, headers: towards, body, milliseconds, alone, signal };
      const result = await upstreams.send(instance, outgoing);
      if ("status" in result) span?.add({ "http.response.status_code": result.status });
      return result;
    });
  }
};

/** Whether a request comes to the same, however often it is sent. */
const canRepeat = ({ repeat }: Route, key: string | string[] | undefined): boolean =>
  repeat === "read" || (repeat === "keyed" && typeof key === "string" && /^\s*\S.{0,255}$/.test(key));

/** Without an answer to fall back to: the service's own words if it gave a reason, else what is known of the request's fate. */
const giveUp = async (route: Route, failure: TransportFailed | undefined, response: ServerResponse): Promise<Problem | undefined> => {
  if (failure?.answer && failure.kind === "unavailable") {
    await pass(failure.answer, response);
    return undefined;
  }
  const isWrite = route.repeat !== "read";
  if (isWrite && failure?.kind === "reset") return makeProblem("outcome_unknown", route.service);
  if (isWrite && failure?.kind === "timeout") return makeProblem("upstream_timeout", route.service);
  return makeProblem("service_unavailable", route.service);
};
