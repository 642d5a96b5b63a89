import type { PlatformStatus, ServiceState } from "../chassis/http/platform-status.ts";
import type { TopicState } from "../chassis/operator/topics.ts";
import { age, type Paint, plain, table } from "./output.ts";

const behind = (seconds: number | null): string => (seconds === null ? "?" : seconds === 0 ? "-" : age(1_000 * seconds));
const sum = (numbers: readonly (number | null)[]): number | string =>
  numbers.some((each) => each === null) ? "?" : numbers.reduce((all: number, each) => all + (each ?? 0), 0);

/** Running instances, with their health reasons and their subscriptions. */
export const servicesTable = (services: readonly ServiceState[], paint: Paint, now: number): string =>
  services
    .map(({ service, instances, subscriptions }) => {
      const lines = instances.map(({ instance, url, since, state, reasons }) => {
        const shown = paint(state === "ready" ? "green" : "red", state);
        const up = since ? `, up ${age(now - Date.parse(since))}` : "";
        return `  ${shown}  ${url}  ${paint("dim", `${instance}${up}`)}${reasons.length > 0 ? `\n    ${reasons.join("\n    ")}` : ""}`;
      });
      const rows = subscriptions.map(({ name, lag, parked }) => [name, lag ?? "-", parked ?? "-"]);
      const below = rows.length === 0 ? [] : table(["SUBSCRIPTION", "LAG", "PARKED"], rows, paint).split("\n");
      return [paint("bold", service), ...lines, ...below.map((line) => `  ${line}`)].join("\n");
    })
    .join("\n\n");

/** The platform on one screen: what is wrong, a line for each service, the rebuilds under way, and what one instance does alone. */
export const statusText = ({ services, problems }: PlatformStatus, paint: Paint, now: number): string => {
  const instances = services.flatMap((each) => each.instances);
  const head =
    problems.length === 0
      ? `${paint("green", "all well")}  ${services.length} services, ${instances.length} instances.`
      : problems.map((problem) => `${paint("red", "wrong")}  ${plain(problem)}`).join("\n");
  const dueOf = ({ due }: ServiceState, kind: string): string | number => due?.find((each) => each.kind === kind)?.marks ?? "?";
  const rows = services.map((each) => [
    each.service,
    `${each.instances.filter(({ state }) => state === "ready").length} of ${each.instances.length}`,
    sum(each.subscriptions.map(({ lag }) => lag)),
    behind(each.subscriptions.reduce((most: number, { behindSeconds }) => Math.max(most, behindSeconds ?? 0), 0)),
    sum(each.subscriptions.map(({ parked }) => parked)),
    ...["publish", "effects", "timers"].map((kind) => dueOf(each, kind)),
    each.instances.flatMap(({ breakers }) => breakers.map(({ name }) => name)).join(", ") || "-",
  ]);
  const columns = ["SERVICE", "READY", "LAG", "BEHIND", "PARKED", "UNPUBLISHED", "EFFECTS", "TIMERS", "OPEN BREAKERS"];
  const rebuilds = services.flatMap(({ service, rebuilds: all }) =>
    all.map(({ model, collection, state, read, end, compared }) => [
      ...[`${service}/${model}`, collection, state],
      state === "comparing" ? `${compared} documents` : read === null ? "" : `${read} of ${end} records`,
    ]),
  );
  const below = rebuilds.length === 0 ? [] : ["", table(["READ MODEL", "COLLECTION", "STATE", "SO FAR"], rebuilds, paint)];
  const leases = services.flatMap(({ service, leases: held }) =>
    held.map(({ name, holder, since }) => [service, name, holder, since === null ? "?" : age(now - since)]),
  );
  const alone = leases.length === 0 ? [] : ["", table(["SERVICE", "DONE BY ONE", "INSTANCE", "FOR"], leases, paint)];
  return [head, "", table(columns, rows, paint), ...below, ...alone].join("\n");
};

/** One line for each subscription, the one that is most behind first. */
export const lagTable = (services: readonly ServiceState[], paint: Paint): string => {
  const rows = services
    .flatMap(({ service, subscriptions }) => subscriptions.map((each) => ({ service, ...each })))
    .toSorted((one, other) => (other.lag ?? 0) - (one.lag ?? 0))
    .map(({ service, name, lag, behindSeconds, parked, worst }) => [
      ...[service, name, lag ?? "?", behind(behindSeconds), parked ?? "?"],
      worst ? `${worst.partition}: ${worst.next} of ${worst.end}` : "-",
    ]);
  return table(["SERVICE", "SUBSCRIPTION", "LAG", "BEHIND", "PARKED", "WORST PARTITION"], rows, paint);
};

/** One line for each member of each consumer group. */
export const groupsTable = (
  services: readonly ServiceState[],
  groupOf: (service: string, name: string) => string,
  paint: Paint,
): string => {
  const rows = services.flatMap(({ service, subscriptions }) =>
    subscriptions.flatMap(({ name, members, unread }) => [
      ...members.map(({ instance, partitions }) => [groupOf(service, name), instance, shortened(partitions)]),
      ...(unread.length === 0 ? [] : [[groupOf(service, name), "nobody", shortened(unread)]]),
    ]),
  );
  return table(["GROUP", "INSTANCE", "PARTITIONS"], rows, paint);
};

/** `pitrix.cluster/0,1,2 pitrix.runtime/4`. */
const shortened = (places: readonly string[]): string => {
  const topics = new Map<string, string[]>();
  for (const place of places) {
    const at = place.lastIndexOf("/");
    topics.set(place.slice(0, at), [...(topics.get(place.slice(0, at)) ?? []), place.slice(at + 1)]);
  }
  return [...topics].map(([topic, partitions]) => `${topic}/${partitions.join(",")}`).join(" ") || "-";
};

/** One line for each topic of events. */
export const topicsTable = (topics: readonly TopicState[], paint: Paint): string =>
  table(
    ["TOPIC", "ANNOUNCED BY", "FOR", "PARTITIONS", "RECORDS", "STATE", "READ BY"],
    topics.map(({ topic, service, readers, partitions, records, removed, read }) => [
      ...[topic, service, readers, partitions, records],
      partitions === 0 ? "missing" : removed > 0 ? `has lost its first ${removed} records` : "whole",
      read.join(", ") || "-",
    ]),
    paint,
  );
