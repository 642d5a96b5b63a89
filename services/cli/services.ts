import type { Platform } from "./connection.ts";
import { age, type Paint, table } from "./output.ts";

export type InstanceState = {
  readonly service: string;
  readonly instance: string;
  readonly url: string;
  readonly since: string;
  readonly state: "ready" | "not ready" | "silent";
  readonly reasons: readonly string[];
};
export type ServiceState = {
  readonly service: string;
  readonly instances: readonly InstanceState[];
  /** Null if the log is not configured or does not answer. */
  readonly subscriptions: readonly { readonly name: string; readonly parked: number; readonly lag: number | null }[];
};

type ReportedSubscription = {
  readonly name: string;
  readonly parked: number;
  readonly positions: { readonly [partition: string]: number };
};

/** The running instances, their health reasons, and the lag of their subscriptions. */
export const serviceStates = async (platform: Platform): Promise<readonly ServiceState[]> => {
  const found = await platform.instances();
  const states = await Promise.all(
    found.map(async (instance) => {
      try {
        const answer = Object(await platform.ask(instance, "/internal/status"));
        const state: InstanceState["state"] = answer.ready ? "ready" : "not ready";
        return {
          ...instance,
          state,
          reasons: answer.reasons as readonly string[],
          reported: answer.subscriptions as readonly ReportedSubscription[],
        }; // The type of the service's answer.
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { ...instance, state: "silent" as const, reasons: [message], reported: [] };
      }
    }),
  );
  const ends = await endsOf(
    platform,
    states.flatMap(({ reported }) => reported),
  );
  return [...new Set(states.map(({ service }) => service))].sort().map((service) => {
    const mine = states.filter((each) => each.service === service);
    const names = [...new Set(mine.flatMap(({ reported }) => reported.map(({ name }) => name)))].sort();
    return {
      service,
      instances: mine.map(({ reported: _, ...instance }) => instance),
      subscriptions: names.map((name) => {
        const reported = mine.flatMap((each) => each.reported.filter((subscription) => subscription.name === name));
        return { name, parked: Math.max(...reported.map(({ parked }) => parked)), lag: lagOf(reported, ends) };
      }),
    };
  });
};

type Ends = ReadonlyMap<string, number> | undefined;
const endsOf = async (platform: Platform, reported: readonly ReportedSubscription[]): Promise<Ends> => {
  const log = platform.log();
  if (!log) return undefined;
  const topics = [
    ...new Set(
      reported.flatMap(({ positions }) => Object.keys(positions)).map((partition) => partition.slice(0, partition.lastIndexOf("/"))),
    ),
  ];
  try {
    const all = await Promise.all(
      topics.map(async (topic) => (await log.ends(topic)).map(({ partition, offset }) => [`${topic}/${partition}`, offset] as const)),
    );
    return new Map(all.flat());
  } catch {
    return undefined;
  }
};

/** The lag of each partition counts from its most advanced instance. */
const lagOf = (reported: readonly ReportedSubscription[], ends: Ends): number | null => {
  if (!ends) return null;
  const at = new Map<string, number>();
  for (const { positions } of reported)
    for (const [partition, next] of Object.entries(positions)) at.set(partition, Math.max(next, at.get(partition) ?? 0));
  return [...at].reduce((sum, [partition, next]) => sum + Math.max(0, (ends.get(partition) ?? next) - next), 0);
};

export const servicesTable = (services: readonly ServiceState[], paint: Paint, now: number): string =>
  services
    .map(({ service, instances, subscriptions }) => {
      const lines = instances.map(({ instance, url, since, state, reasons }) => {
        const shown = paint(state === "ready" ? "green" : "red", state);
        const up = since ? `, up ${age(now - Date.parse(since))}` : "";
        return `  ${shown}  ${url}  ${paint("dim", `${instance}${up}`)}${reasons.length > 0 ? `\n    ${reasons.join("\n    ")}` : ""}`;
      });
      const rows = subscriptions.map(({ name, lag, parked }) => [name, lag ?? "-", parked]);
      const below = rows.length === 0 ? [] : table(["SUBSCRIPTION", "LAG", "PARKED"], rows, paint).split("\n");
      return [paint("bold", service), ...lines, ...below.map((line) => `  ${line}`)].join("\n");
    })
    .join("\n\n");
