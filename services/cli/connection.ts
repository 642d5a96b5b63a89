import type { Log } from "../../events/index.ts";
import { kafkaLog } from "../../events/kafka/index.ts";
import { serviceProof } from "../chassis/access/tokens.ts";
import type { ServicesClient } from "../chassis/http/causation-query.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import { sorted } from "../chassis/operator/order.ts";
import { fetched, type HttpAnswer } from "../chassis/process/client.ts";
import { systemClock } from "../chassis/process/clock.ts";
import { type Directory, directory, INSTANCES_TOPIC, type ServiceInstance, staticDirectory } from "../chassis/process/discovery.ts";
import { silent } from "../chassis/process/logging.ts";
import { kafkaSecurity } from "../chassis/process/tls/kafka.ts";
import { sendAsProcess } from "../chassis/process/tls/request.ts";
import { openTls } from "../chassis/process/tls/transport-security.ts";
import type { Setup } from "./environment.ts";

const ANSWER_TIMEOUT = 10_000;

/** A connection to the running platform. */
export type Platform = {
  readonly instances: (service?: string) => Promise<readonly ServiceInstance[]>;
  /** Calls one instance and returns its answer. The error text says what the user can do. */
  readonly ask: (instance: ServiceInstance, path: string, body?: object) => Promise<unknown>;
  /** Sends a request to the gateway; absent: none is named, or none is to be asked. */
  readonly gateway?: SendToGateway;
  /** The log; undefined without brokers. Connects on first use. */
  readonly log: () => Log | undefined;
  /** The user of this command, for audit records, and the addresses of Kafka. */
  readonly by: string;
  readonly brokers: readonly string[];
  readonly close: () => Promise<void>;
};

/** Gives the answer of the gateway. The error text says what the user can do. */
export type SendToGateway = (path: string, body: object | undefined, method: string) => Promise<unknown>;

export const connectPlatform = ({ gateway, brokers, keys, token, services, tls, by }: Setup): Platform => {
  const opened = openTls(tls, { clock: systemClock, logger: silent });
  const internalClient = opened.internal && sendAsProcess(opened.internal);
  let log: Log | undefined;
  let found: Promise<Directory> | undefined;
  const connected = (): Log | undefined => {
    if (brokers) log ??= kafkaLog({ brokers, clientId: "pitrix-cli", ...kafkaSecurity(tls.kafkaSasl, opened.kafka) });
    return log;
  };
  const find = async (): Promise<Directory> => {
    if (services) return staticDirectory(services);
    const open = connected();
    if (!open)
      throw new CommandFailed(
        "no platform found: set KAFKA_BROKERS or PITRIX_SERVICES, run this command in the directory of `make up`, or name the platform directory with --platform",
        exitCodes.settings,
      );
    if (!keys)
      throw new CommandFailed(
        "set PITRIX_SEALING_KEYS to the platform's keys, which sign what services announce on Kafka, or PITRIX_SERVICES to their addresses",
        exitCodes.settings,
      );
    try {
      return await directory({ log: open, clock: systemClock, keys });
    } catch (error) {
      throw unreachable(`Kafka at ${brokers?.join(", ")}`, error);
    }
  };
  const authorization = async (): Promise<string> => {
    if (token) return `Bearer ${token}`;
    if (keys) return `Bearer ${await serviceProof(keys, by, Date.now())}`;
    throw new CommandFailed(
      "set PITRIX_TOKEN to an administrator's access token, or PITRIX_SEALING_KEYS to the platform's keys",
      exitCodes.settings,
    );
  };

  return {
    instances: async (service) => {
      found ??= find();
      const known = await found;
      const names = service === undefined ? known.services() : [service];
      const all = names.flatMap((name) => known.instancesOf(name));
      if (all.length > 0) return inOrder(all);
      throw service === undefined
        ? new CommandFailed(
            `no service is registered${services ? "" : ` on ${INSTANCES_TOPIC}`}: is the platform running?`,
            exitCodes.unavailable,
          )
        : new CommandFailed(
            `there is no service ${service}; there are ${known.services().toSorted().join(", ") || "none"}`,
            exitCodes.notFound,
          );
    },
    ask: async ({ service, url }, path, body) => {
      const headers = { authorization: await authorization(), "pitrix-service": service, "content-type": "application/json" };
      const request = { url: `${url}${path}`, headers, ...(body && { method: "POST", body: JSON.stringify(body) }) };
      const send = internalClient?.send ?? fetched;
      let response: HttpAnswer;
      try {
        response = await send(request, AbortSignal.timeout(ANSWER_TIMEOUT));
      } catch (error) {
        throw unreachable(`${service} at ${url}`, error);
      }
      return answerIn(service, response);
    },
    ...(gateway && {
      gateway: async (path, body, method) => {
        const headers = { authorization: `Bearer ${gateway.token}`, ...(body && { "content-type": "application/json" }) };
        const request = { url: `${gateway.url}${path}`, method, headers, ...(body && { body: JSON.stringify(body) }) };
        try {
          return answerIn("the gateway", await fetched(request, AbortSignal.timeout(ANSWER_TIMEOUT)));
        } catch (error) {
          throw error instanceof CommandFailed ? error : unreachable(`the gateway at ${gateway.url}`, error);
        }
      },
    }),
    log: connected,
    ...{ by, brokers: brokers ?? [] },
    close: async () => {
      await (await found?.catch(() => undefined))?.stop();
      await log?.close();
      internalClient?.close();
      await opened.stop();
    },
  };
};

const answerIn = (who: string, { status, body }: HttpAnswer): unknown => {
  const answer = jsonIn(body);
  if (status >= 200 && status < 300) return answer;
  const message = String(Reflect.get(Object(answer), "message") ?? `answered ${status}`);
  if (status === 401 || status === 403)
    throw new CommandFailed(
      `${who}: ${message}; use an administrator's PITRIX_TOKEN, or the PITRIX_SEALING_KEYS of this platform`,
      exitCodes.denied,
    );
  if (status === 404) throw new CommandFailed(`${who}: ${message}`, exitCodes.notFound);
  throw new CommandFailed(`${who}: ${message}`, status >= 500 ? exitCodes.unavailable : exitCodes.failed);
};

/** The answer of one instance of a service; undefined if none answers. */
export const askOne = async (platform: Platform, service: string, path: string, body?: object): Promise<unknown> => {
  for (const instance of await platform.instances(service))
    try {
      return await platform.ask(instance, path, body);
    } catch (error) {
      if (!(error instanceof CommandFailed) || error.code !== exitCodes.unavailable) throw error;
    }
  return undefined;
};

/** Asks the services of a platform, one instance of each. */
export const servicesClient = (platform: Platform): ServicesClient => ({
  services: async () => [...new Set((await platform.instances()).map(({ service }) => service))],
  request: (service, path, body) => askOne(platform, service, path, body),
});

const inOrder = (instances: readonly ServiceInstance[]): readonly ServiceInstance[] =>
  sorted(
    instances,
    ({ service }) => service,
    ({ instance }) => instance,
    ({ url }) => url,
  );

const jsonIn = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
};

const unreachable = (what: string, error: unknown): CommandFailed => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new CommandFailed(`${what} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`, exitCodes.unavailable);
};

/** The log of a platform. */
export const logOf = (platform: Platform): Log => {
  const log = platform.log();
  if (!log)
    throw new CommandFailed(
      "this reads Kafka itself: set KAFKA_BROKERS to the platform's Kafka, for example host:port,host:port",
      exitCodes.settings,
    );
  return log;
};
