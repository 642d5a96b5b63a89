import { aggregatesOf, type Contract, topicOf } from "../contract.ts";

import type { MemoryDatabase } from "../memory/database.ts";
import type { LogRecord } from "../ports.ts";
import type { AnyService } from "../service.ts";
import { once } from "./check/evidence.ts";
import type { Process } from "./process.ts";

/** The remaining work: due marks, missing instances, subscriptions that lag behind. */
export const unfinished = (
  mayPark: boolean,
  databases: ReadonlyMap<string, MemoryDatabase>,
  processes: readonly Process[],
  contents: ReadonlyMap<string, readonly (readonly LogRecord[])[]>,
  contract: Contract,
): readonly string[] => {
  const left: string[] = [];
  for (const [name, { due, positions, parked, pointers }] of databases) {
    if (!mayPark && parked.size > 0) left.push(`${name} has parked ${[...parked.keys()].slice(0, 3).join(", ")}`);
    for (const mark of ["publish", "effects"] as const)
      if (due[mark].length > 0)
        left.push(`${name}: ${due[mark].length} commits still have the mark ${mark}, ${due[mark].slice(0, 3).join(", ")}`);
    const running = processes.filter(({ incarnation, ready }) => ready && incarnation.service === name);
    if (running.length < 2) left.push(`${name} has ${running.length} instances`);
    for (const [model, topics] of subscriptionsOf(contract, running[0]?.instance.service)) {
      const subscription = pointers.get(model)?.active ?? model;
      for (const topic of topics)
        for (const [partition, { length }] of (contents.get(topic) ?? []).entries()) {
          const place = `${topic}/${partition}`;
          const seen = running.map(({ instance }) => instance.subscriptions().get(subscription)?.progress.get(place) ?? 0);
          const at = Math.max(positions.get(`${subscription}|${topic}|${partition}`) ?? 0, ...seen);
          if (at < length) left.push(`${name}: ${subscription} is at ${at} of ${length} in ${place}`);
        }
    }
  }
  return left;
};

/** By read model, and by "reactions". */
type Subscriptions = readonly (readonly [model: string, topics: readonly string[]])[];
const subscriptionsOf = (contract: Contract, service: AnyService | undefined): Subscriptions =>
  service ? topicsOf(contract)(service) : [];

const topicsOf = once((contract: Contract) =>
  once(({ projections = [], reactions }: AnyService): Subscriptions => {
    return [
      ...projections.map(({ name, evolve, of }): Subscriptions[number] => [
        name,
        aggregatesOf(contract, Object.keys(evolve), of).map((aggregate) => topicOf(contract, aggregate)),
      ]),
      ...(reactions
        ? [["reactions", aggregatesOf(contract, Object.keys(reactions)).map((aggregate) => topicOf(contract, aggregate))] as const]
        : []),
    ];
  }),
);
