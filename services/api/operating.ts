import type { Rejection } from "../../events/index.ts";
import { serviceProof } from "../chassis/access/tokens.ts";
import type { Dependencies } from "../chassis/dependencies.ts";
import { isFields } from "../chassis/http/fields.ts";
import { type PlatformStatus, platformStatus } from "../chassis/http/platform-status.ts";
import { makeProblem, type Problem } from "../chassis/http/problems.ts";
import type { ServiceInstance } from "../chassis/process/discovery.ts";
import type { PlatformKey } from "../chassis/process/settings.ts";
import { wholeOf } from "./answer.ts";
import { type Inspecting, inspecting } from "./inspecting.ts";
import { bodyOf } from "./services-client.ts";
import type { Upstreams } from "./upstream.ts";

/** Asks the routes for operators of the services, in the name of the caller. */
export type Operating = {
  readonly status: (by: string) => Promise<PlatformStatus>;
  /** The services that have instances, sorted. */
  readonly services: () => readonly string[];
  /** What one instance of a service answers. A service may have done what it was asked to, although its answer does not arrive. */
  readonly ask: (by: string, service: string, path: string, body?: object) => Promise<object | Rejection | Problem>;
  readonly inspections: Inspecting;
};

const TIMEOUT = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;

export const operating = (
  upstreams: Pick<Upstreams, "choose" | "send">,
  {
    directory,
    clock,
    keys,
    ...more
  }: Pick<Dependencies, "directory" | "clock" | "tables" | "random"> & {
    readonly keys: readonly PlatformKey[];
  },
): Operating => {
  const send = async (by: string, instance: ServiceInstance, path: string, body: object | undefined) => {
    const bytes = body && Buffer.from(JSON.stringify(body));
    const answer = await upstreams.send(instance, {
      method: bytes ? "POST" : "GET",
      path,
      headers: {
        // What is changed is recorded with this name.
        authorization: `Bearer ${await serviceProof(keys, `api:${by}`, clock.now())}`,
        "pitrix-service": instance.service,
        ...(bytes && { "content-type": "application/json", "content-length": bytes.byteLength }),
      },
      ...(bytes && { body: bodyOf(bytes) }),
      milliseconds: TIMEOUT,
      signal: AbortSignal.timeout(2 * TIMEOUT),
    });
    if (!("status" in answer)) return undefined;
    const text = await wholeOf(answer, MAX_BYTES).then((all) => Buffer.from(all).toString("utf8"));
    const given: unknown = JSON.parse(text);
    return { status: answer.status, body: isFields(given) ? given : {} };
  };
  const services = (): readonly string[] => [...directory.services()].sort();

  const ask: Operating["ask"] = async (by, service, path, body) => {
    if (!services().includes(service)) return { rejected: `there is no service [${service}]`, kind: "notFound" };
    const instance = upstreams.choose(service, new Set());
    const answer = instance && (await send(by, instance, path, body).catch(() => undefined));
    if (!instance) return makeProblem("service_unavailable", service);
    if (!answer) return makeProblem("outcome_unknown", service);
    if (answer.status === 200) return answer.body;
    if (answer.status >= 500) return makeProblem("unavailable", `: ${service}`);
    return { rejected: String(answer.body.message), kind: answer.status === 404 ? "notFound" : "precondition" };
  };
  const askAll = async (by: string, path: string, body?: object): Promise<readonly object[]> => {
    const instances = services().flatMap((service) => directory.instancesOf(service));
    const answers = await Promise.all(instances.map((instance) => send(by, instance, path, body).catch(() => undefined)));
    return answers.flatMap((answer) => (answer?.status === 200 ? [answer.body] : []));
  };

  return {
    services,
    ask,
    inspections: inspecting({ services, ask, askAll, tables: more.tables, newId: () => Buffer.from(more.random(12)).toString("hex") }),
    status: (by) =>
      platformStatus(
        {
          instances: async () => services().flatMap((service) => directory.instancesOf(service)),
          ask: async (instance, path, body) => {
            const answer = await send(by, instance, path, body);
            if (answer?.status === 200) return answer.body;
            throw new Error(answer ? String(answer.body.message) : `${instance.url} does not answer`);
          },
        },
        clock.now(),
      ),
  };
};
