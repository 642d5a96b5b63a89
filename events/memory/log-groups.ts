import { setMaxListeners } from "node:events";
import type { LogSubscription, Running } from "../ports.ts";
import { type Instance, type Reading, readLane, stopper } from "./log-reading.ts";

type Member = {
  readonly instance: Instance;
  readonly subscription: LogSubscription;
  readonly running: Map<string, Promise<unknown>>;
  assignment: AbortController;
};
export type MemoryGroups = {
  readonly join: (instance: Instance, subscription: LogSubscription) => Running;
  /** Removes a silent instance, as a broker does after the session timeout. */
  readonly remove: (instance: Instance) => void;
};

/** Without a limit of listeners, since every partition may add one. */
const newAssignment = (): AbortController => {
  const assignment = new AbortController();
  setMaxListeners(0, assignment.signal);
  return assignment;
};

/** Distributes the partitions among the members of each group, again whenever a member joins or leaves. */
export const memoryGroups = (reading: Reading): MemoryGroups => {
  const groups = new Map<string, Member[]>();

  /** Like Kafka, a new owner does not wait for the handlers of the former owner. */
  const rebalance = (members: readonly Member[]): void => {
    for (const member of members) {
      member.assignment.abort();
      member.assignment = newAssignment();
    }
    let next = 0;
    for (const topic of new Set(members.flatMap(({ subscription }) => subscription.topics))) {
      const readers = members.filter(({ subscription }) => subscription.topics.includes(topic));
      reading.topics.partitions(topic).forEach((_, partition) => {
        const member = readers[next++ % readers.length];
        if (!member) return;
        const { instance, subscription, running, assignment } = member;
        void readLane(reading, instance, subscription, { topic, partition }, running, assignment.signal);
      });
    }
  };

  const leave = (group: string, gone: (member: Member) => boolean): void => {
    const before = groups.get(group) ?? [];
    const members = before.filter((member) => !gone(member));
    if (members.length === before.length) return;
    groups.set(group, members);
    rebalance(members);
  };

  return {
    join: (instance, subscription) => {
      const { group } = subscription;
      const member: Member = { instance, subscription, running: new Map(), assignment: newAssignment() };
      const members = [...(groups.get(group) ?? []), member];
      groups.set(group, members);
      rebalance(members);
      const stop = async (): Promise<void> => {
        const end = stopper(reading, member.assignment, member.running)();
        leave(group, (one) => one === member);
        await end;
      };
      return { stop };
    },
    remove: (instance) => {
      for (const group of groups.keys()) leave(group, (member) => member.instance === instance);
    },
  };
};
