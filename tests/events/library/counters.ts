import type { Contract, Decider, Projection, Reactions, Service } from "../../../events/index.ts";

// A service of one's own on the backbone: two schemas, a decider, a reaction and a read model.

const record = (name: string, ...fields: readonly object[]) => ({ type: "record", namespace: "toys.counter", name, fields });
const text = (name: string) => ({ name, type: "string" });
const whole = (name: string) => ({ name, type: "long" });
export const contract: Contract = {
  prefix: "toys",
  schemas: [
    { id: 1, aggregate: "counter", event: "Counted", schema: record("Counted", text("counterId"), whole("by")) },
    { id: 2, aggregate: "counter", event: "Full", schema: record("Full", text("counterId"), text("nextId")) },
  ],
};

type Counted = { readonly type: "Counted"; readonly counterId: string; readonly by: number };
type Full = { readonly type: "Full"; readonly counterId: string; readonly nextId: string };
type Events = { readonly Counted: Counted; readonly Full: Full };
type Count = { readonly type: "Count"; readonly counterId: string; readonly by: number };

/** A counter counts to ten; one that is full hands on to the next. */
const counter: Decider<Count, Counted | Full, number> = {
  key: "counterId",
  initialState: 0,
  decide: {
    Count: ({ counterId, by }, count) => {
      if (count >= 10) return { rejected: `counter [${counterId}] is full` };
      const counted: Counted = { type: "Counted", counterId, by };
      return count + by < 10 ? [counted] : [counted, { type: "Full", counterId, nextId: `${counterId}-next` }];
    },
  },
  evolve: { Counted: (count, { by }) => count + by, Full: (count) => count },
};
const reactions: Reactions<Events, Count> = { Full: { issues: "Count", given: ({ nextId }) => ({ counterId: nextId, by: 1 }) } };
export const counters: Projection<Events, { readonly count: number; readonly full: boolean }> = {
  name: "counters",
  version: 1,
  initialState: { count: 0, full: false },
  evolve: {
    Counted: (document, { by }) => ({ ...document, count: document.count + by }),
    Full: (document) => ({ ...document, full: true }),
  },
};
export const counting: Service = { name: "counting", aggregates: { counter: { decider: counter } }, reactions, projections: [counters] };
