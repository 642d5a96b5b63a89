import type { Db } from "mongodb";

/** How the server went about one command. */
export type Plan = {
  readonly ns: string;
  readonly op: string;
  readonly command: object;
  /** `COLLSCAN`, or `IXSCAN { ... }` and the like; absent where nothing was looked for. */
  readonly planSummary?: string;
  readonly docsExamined?: number;
  readonly hasSortStage?: boolean;
};

/** The plans of everything that the database is asked while the work goes on, as the server explains them of itself. */
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

/** What reads whole collections, in words. */
export const scans = (plans: readonly Plan[]): readonly string[] =>
  plans.filter(({ planSummary = "" }) => planSummary.includes("COLLSCAN")).map(({ op, command }) => `${op} ${JSON.stringify(command)}`);
