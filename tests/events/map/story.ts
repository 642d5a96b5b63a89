import { recordsOf } from "../../../events/log/record.ts";
import { fromRecord, type Occurrence } from "../../../events/map/causation.ts";
import type { Clock, Commit } from "../../../events/ports.ts";
import type { AnyService } from "../../../events/service.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { cluster } from "../../../services/cluster/service.ts";
import { runtime } from "../../../services/runtime/service.ts";
import { clusterStory } from "../../world/toys/clusters.ts";
import { provider } from "../../world/toys/provider.ts";

export type Story = {
  readonly services: readonly AnyService[];
  readonly commits: readonly Commit[];
  readonly occurrences: readonly Occurrence[];
};

/** The real tables deploy a cluster, from the request until it is active, by tasks that take their time. */
export const story = async (): Promise<Story> => {
  const service = provider<Clock>(({ taskId, action }, { outside }) =>
    outside.sleep(40 + 7 * Number(taskId.split("-").at(-1)) + action.length),
  );
  const platform = await clusterStory({ service, outside: ({ ports }) => ports.clock });
  await platform.stop();
  const all = [...new Set(platform.history().map(({ commit }) => commit))];
  const commits = all.slice(all.findIndex(({ stream }) => stream.startsWith("cluster/")));
  const services = [runtime, cluster, service];
  return { services, commits, occurrences: commits.flatMap((commit) => occurrencesOf(services, commit)) };
};

/** As a consumer of the log reads them. */
const occurrencesOf = (services: readonly AnyService[], commit: Commit): readonly Occurrence[] => {
  const [aggregate = ""] = commit.stream.split("/");
  const name = services.find(({ aggregates }) => aggregate in aggregates)?.name ?? "";
  return recordsOf(contract, name, commit).flatMap((record) => fromRecord({ ...record, partition: 0, offset: 0 }) ?? []);
};
