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
  /** Null: the log is not known or does not answer. */
  readonly subscriptions: readonly { readonly name: string; readonly parked: number; readonly lag: number | null }[];
};

type Told = { readonly name: string; readonly parked: number; readonly positions: { readonly [place: string]: number } };

/** Who runs, whether it is ready or why not, and how far its subscriptions are. */
export const serviceStates = async (platform: Platform): Promise<readonly ServiceState[]> => {
  const found = await platform.instances();
  const asked = await Promise.all(
    found.map(async (instance) => {
      try {
        const answer = Object(await platform.ask(instance, "/internal/status"));
        const state: InstanceState["state"] = answer.ready ? "ready" : "not ready";
        return { ...instance, state, reasons: answer.reasons as readonly string[], told: answer.subscriptions as readonly Told[] }; // The service's own answer.
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return { ...instance, state: "silent" as const, reasons: [message], told: [] };
      }
    }),
  );
  const ends = await endsOf(
    platform,
    asked.flatMap(({ told }) => told),
  );
  return [...new Set(asked.map(({ service }) => service))].sort().map((service) => {
    const mine = asked.filter((each) => each.service === service);
    const names = [...new Set(mine.flatMap(({ told }) => told.map(({ name }) => name)))].sort();
    return {
      service,
      instances: mine.map(({ told: _, ...instance }) => instance),
      subscriptions: names.map((name) => {
        const told = mine.flatMap((each) => each.told.filter((subscription) => subscription.name === name));
        return { name, parked: Math.max(...told.map(({ parked }) => parked)), lag: lagOf(told, ends) };
      }),
    };
  });
};

type Ends = ReadonlyMap<string, number> | undefined;
const endsOf = async (platform: Platform, told: readonly Told[]): Promise<Ends> => {
  const log = platform.log();
  if (!log) return undefined;
  const topics = [
    ...new Set(told.flatMap(({ positions }) => Object.keys(positions)).map((place) => place.slice(0, place.lastIndexOf("/")))),
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

/** Each partition as far as the instance that is farthest. */
const lagOf = (told: readonly Told[], ends: Ends): number | null => {
  if (!ends) return null;
  const at = new Map<string, number>();
  for (const { positions } of told)
    for (const [place, next] of Object.entries(positions)) at.set(place, Math.max(next, at.get(place) ?? 0));
  return [...at].reduce((sum, [place, next]) => sum + Math.max(0, (ends.get(place) ?? next) - next), 0);
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
