import type { Field } from "./field.ts";
import { behindTheGateway } from "./fixture.ts";
import type { Outcome } from "./run.ts";
import { brokerAway, killed, rolled, seconded, storeAway } from "./scenes.ts";

/** What happens to a platform while people work with it. */
export type Row = { readonly id: string; readonly what: string; readonly scenes: (field: Field) => Promise<void> };

export const rows: readonly Row[] = [
  {
    ...{ id: "1", what: "a second instance comes, takes its share, and is killed" },
    scenes: async (field) => {
      for (const name of ["runtime", "cluster"] as const) await seconded(field, name);
    },
  },
  {
    ...{ id: "2", what: "each service in turn is killed, missed, and started again" },
    scenes: async (field) => {
      for (const name of behindTheGateway) await killed(field, name);
    },
  },
  { id: "3", what: "every service is replaced, one after the other", scenes: (field) => rolled(field) },
  { id: "4", what: "the broker is killed, and started again", scenes: brokerAway },
  { id: "5", what: "the store is killed, and started again", scenes: storeAway },
];

/** Everything once, and two of the services: what the tests have time for. */
export const short = async (field: Field): Promise<void> => {
  await killed(field, "cluster");
  await killed(field, "account");
  await seconded(field, "runtime");
  await brokerAway(field);
  await rolled(field, ["api", "provider-local"]);
  await storeAway(field);
};

/** What must not be, in words; empty when all is well. */
export const problemsOf = ({ faults, findings, open }: Outcome): readonly string[] => [
  ...faults.map(({ kind, message }) => `${kind}: ${message}`),
  ...findings.map(({ column, rule, message, about }) => `${column}: ${rule}; ${message} [${about}]`),
  ...open.map((thing) => `unfinished: the command that is open for ${thing} was never acknowledged, or not read`),
];
