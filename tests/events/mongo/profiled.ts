import type { Db } from "mongodb";

/** How the server executed one command. */
export type Plan = {
  readonly ns: string;
  readonly op: string;
  readonly command: object;
  /** `COLLSCAN`, or `IXSCAN { ... }` and the like; absent for commands without a query. */
  readonly planSummary?: string;
  readonly docsExamined?: number;
  readonly hasSortStage?: boolean;
};

/** The plans of all commands that the work sends to the database, from the server's own profile. */
export const plansOf = async (database: Db, work: () => Promise<unknown>): Promise<readonly Plan[]> => {
  await database.command({ profile: 0 });
  await database
    .collection("system.profile")
    .drop()
    .catch(() => undefined);
  await database.createCollection("system.profile", { capped: true, size: 64 * 1024 * 1024 });
  await database.command({ profile: 2 });
  try {
    await work();
  } finally {
    await database.command({ profile: 0 });
  }
  const plans = await database.collection<Plan>("system.profile").find().toArray();
  return plans.filter(({ ns }) => !ns.includes(".system."));
};

/** The commands that read a whole collection, as text. */
export const scans = (plans: readonly Plan[]): readonly string[] =>
  plans.filter(({ planSummary = "" }) => planSummary.includes("COLLSCAN")).map(({ op, command }) => `${op} ${JSON.stringify(command)}`);
