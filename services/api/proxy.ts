import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, type Tracer, traced } from "../../events/index.ts";
import type { Caller } from "../chassis/access/access.ts";
import { Refused } from "../chassis/http/errors.ts";
import { BreakerOpen } from "../chassis/process/breaker.ts";
import { type Answer, discard, pass } from "./answer.ts";
import { type Body, bodyOf, hasBody } from "./body.ts";
import { Abandoned, ExchangeFailed } from "./exchange.ts";
import { towardsService } from "./headers.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { RetryBudget } from "./rate-limit.ts";
import { refusals } from "./refusals.ts";
import type { Route } from "./routes.ts";
import { type LastAnswers, readKey } from "./stale.ts";
import type { Upstreams } from "./upstream.ts";

/** How long services may take to answer. */
export type Timeouts = { readonly read: number; readonly write: number };
export type ProxyParts = {
  readonly upstreams: Upstreams;
  readonly answers: LastAnswers;
  readonly budget: RetryBudget;
  readonly clock: Clock;
  readonly metrics: GatewayMetrics;
  readonly timeouts: Timeouts;
  readonly tracer?: Tracer | undefined;
};
/** One request on its way to a service. */
export type Passage = {
  readonly route: Route;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller | undefined;
  /** With its question mark; empty for none. */
  readonly query: string;
  readonly requestId: string;
  readonly traceparent: string | null;
};

const ATTEMPTS = 3;
const none: ReadonlySet<string> = new Set();
/** Milliseconds by which repeated requests are spread. */
const SPREAD = 25;

/**
 * Answers a request by its service. What fails is sent again where that is safe; reads then fall back to what the same caller got last.
 * Throws Refused, or Abandoned when the caller is gone.
 */
export const proxy = (parts: ProxyParts) => {
  const { upstreams, answers, budget, clock, metrics, timeouts, tracer } = parts;

  return async (passage: Passage): Promise<void> => {
    const { route, request, response, caller, query } = passage;
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort(new Abandoned("the caller is gone"));
    });
    budget.earn();
    const withBody = request.method !== "GET" && hasBody(request);
    const body = withBody ? bodyOf(request, route.most) : undefined;
    const key = request.method === "GET" ? readKey(caller, `${route.path}${query}`) : undefined;
    const answer = await attempts(passage, body, gone.signal);
    if ("status" in answer) {
      if (key) answers.note(key, answer);
      return pass(answer, response);
    }
    const last = key && answers.find(key);
    if (!last) return giveUp(route, answer.failure, response);
    if (answer.failure?.answer) discard(answer.failure.answer);
    metrics.stale.inc({ operation: route.name });
    // What the caller wanted to wait for may not be in it.
    const pending = request.headers["pitrix-wait-for"] === undefined ? {} : { "pitrix-pending": "true" };
    return pass({ ...last, headers: { ...last.headers, ...pending } }, response);
  };

  /** The answer of the first instance that gives one, or why there is none. */
  async function attempts(
    { route, request, query, requestId, traceparent: parent }: Passage,
    body: Body | undefined,
    signal: AbortSignal,
  ): Promise<Answer | { readonly failure: ExchangeFailed | undefined }> {
    const { headers, method = "GET" } = request;
    const address = request.socket.remoteAddress ?? "";
    const repeatable = isRepeatable(route, headers["idempotency-key"]);
    const outgoing = {
      method,
      path: `${route.path}${query}`,
      body,
      milliseconds: route.repeat === "read" ? timeouts.read : timeouts.write,
      alone: !repeatable,
      signal,
    };
    const tried = new Set<string>();
    let failure: ExchangeFailed | undefined;
    let doubt: ExchangeFailed | undefined;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      // What broke may have been the connection only: with no other instance, the same one is asked again.
      const instance =
        upstreams.choose(route.service, tried) ?? (failure?.kind === "reset" ? upstreams.choose(route.service, none) : undefined);
      if (!instance) break;
      if (failure) {
        metrics.retries.inc({ upstream: route.service, after: failure.kind });
        if (failure.answer) discard(failure.answer);
        await clock.sleep(clock.random() * SPREAD * attempt, signal);
      }
      try {
        const start = () => ({
          name: `${method} ${route.service}`,
          kind: "client" as const,
          attributes: {
            ...{ "http.request.method": method, "url.full": `${instance.url}${route.path}`, "pitrix.instance": instance.instance },
            ...(attempt > 1 && { "http.request.resend_count": attempt - 1 }),
          },
        });
        return await traced(tracer, parent, start, async (traceparent, span) => {
          const towards = towardsService({ headers, address, requestId, traceparent }, route.service, body !== undefined);
          const answer = await upstreams.send(instance, { ...outgoing, headers: towards });
          span?.add({ "http.response.status_code": answer.status });
          return answer;
        });
      } catch (error) {
        if (error instanceof Abandoned) throw error.cause instanceof Refused ? error.cause : error;
        // The breaker opened between choosing and sending.
        if (error instanceof BreakerOpen) {
          tried.add(instance.instance);
          continue;
        }
        if (!(error instanceof ExchangeFailed)) throw error;
        failure = error;
        // What an attempt may have done, a later one that reaches nobody does not undo.
        if (error.kind === "reset" || error.kind === "timeout") doubt = error;
        tried.add(instance.instance);
        if (body && !body.repeatable()) break;
        const untouched = error.kind === "refused" || error.kind === "misdirected";
        if (!untouched && !(repeatable && budget.spend())) break;
      }
    }
    if (route.repeat === "read" || !doubt) return { failure };
    if (failure?.answer) discard(failure.answer);
    return { failure: doubt };
  }
};

/** Does it come to the same, however often it is sent? */
const isRepeatable = ({ repeat }: Route, key: string | string[] | undefined): boolean =>
  repeat === "read" || (repeat === "keyed" && typeof key === "string" && /^\s*\S.{0,255}$/.test(key));

/** Nothing to fall back to: the service's own words if it said why, else what is known of the request's fate. */
const giveUp = (route: Route, failure: ExchangeFailed | undefined, response: ServerResponse): Promise<void> => {
  if (failure?.answer && failure.kind === "unavailable") return pass(failure.answer, response);
  if (route.repeat !== "read" && failure?.kind === "reset") throw new Refused(refusals.broken(route.service));
  if (route.repeat !== "read" && failure?.kind === "timeout") throw new Refused(refusals.timedOut(route.service));
  throw new Refused(refusals.unavailable(route.service));
};
